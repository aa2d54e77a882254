"""What cannot be built here is at least well-formed, and names only what exists."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OWN_SERVICES = [name for name, service in COMPOSE["services"].items() if "build" in service]


@pytest.mark.parametrize("name", OWN_SERVICES)
def test_a_service_runs_a_command_that_exists(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["command"][:2] == ["python", "manage.py"]
    assert service["command"][2] in get_commands()
    assert (ROOT / service["build"]["dockerfile"]).is_file()
    assert set(service["depends_on"]) <= set(COMPOSE["services"])


def test_the_image_copies_only_what_exists() -> None:
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text().splitlines()
    copied = [shlex.split(line)[1:-1] for line in dockerfile if line.startswith("COPY")]
    sources = [source for sources in copied for source in sources]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {
        "tests",
        "benchmarks",
        "demo",
    }
    assert packages <= set(sources)


def test_the_api_is_asked_for_its_readiness_at_an_address_that_exists() -> None:
    from config.api import api

    probe = COMPOSE["services"]["api"]["healthcheck"]["test"]
    (asked,) = [part for part in probe if "http" in part]
    address = asked.partition("http://127.0.0.1:8000")[2].partition('"')[0]
    assert address in api.get_openapi_schema()["paths"]
