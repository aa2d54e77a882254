"""Every refusal has its HTTP status."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import config
import modules
from config.problems import STATUS_OF_CODE
from modules.errors import DomainError

SET_ASIDE = {"tests", "migrations", "management", "adapters"}


def domain_errors(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """Every kind of refusal our packages define."""
    for child in kind.__subclasses__():
        yield child
        yield from domain_errors(child)


def test_every_code_has_a_row_in_the_http_table() -> None:
    for package in (modules, config):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not SET_ASIDE & set(found.name.split(".")):
                importlib.import_module(found.name)
    ours = [e for e in domain_errors() if e.__module__.startswith(("modules", "config"))]
    assert len(ours) > 20
    known = {e for e in ours if ".tests." not in e.__module__}
    assert {e.code for e in known} - STATUS_OF_CODE.keys() == set()


@pytest.mark.parametrize("status", sorted(set(STATUS_OF_CODE.values())))
def test_every_status_is_one_the_contract_names(status: int) -> None:
    refused = {400, 401, 403, 404, 408, 409, 411, 412, 413, 415, 416, 421, 422, 431}
    assert status in refused | {500, 503}
