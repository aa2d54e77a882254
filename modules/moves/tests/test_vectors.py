"""Vectors that can be compared, and the extension that is not needed for it."""

from __future__ import annotations

import importlib
import math

import pytest
from django.apps import apps
from django.db import connection

from modules.moves.contract import VECTOR_WEIGHTS

MIGRATION = importlib.import_module("modules.moves.migrations.0004_pgvector_is_not_needed")


def test_the_weights_sum_to_one() -> None:
    assert math.fsum(VECTOR_WEIGHTS.values()) == pytest.approx(1)


@pytest.fixture
def extension(db: None) -> None:
    """The extension where the first migration of earlier versions put it."""
    execute("DROP EXTENSION IF EXISTS vector CASCADE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
        if not cursor.fetchone():
            pytest.skip("this PostgreSQL server has no extension pgvector")
    execute("CREATE EXTENSION vector SCHEMA bachata")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def migrate() -> None:
    with connection.schema_editor(atomic=False) as editor:
        MIGRATION.drop_our_extension(apps, editor)


def is_there() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'vector'")
        return cursor.fetchone() is not None


@pytest.mark.django_db
def test_a_new_installation_needs_no_extension() -> None:
    assert not is_there()


@pytest.mark.usefixtures("extension")
def test_the_extension_that_we_made_goes_and_twice_is_nothing() -> None:
    migrate()
    assert not is_there()
    migrate()
    assert not is_there()


@pytest.mark.usefixtures("extension")
def test_an_extension_that_others_use_stays() -> None:
    execute("CREATE TABLE public.of_others (v bachata.vector(2))")
    migrate()
    assert is_there()


@pytest.mark.usefixtures("extension")
def test_an_extension_outside_our_schema_is_not_ours() -> None:
    execute("ALTER EXTENSION vector SET SCHEMA public")
    migrate()
    assert is_there()


@pytest.mark.usefixtures("extension")
def test_a_role_that_may_not_drop_it_goes_on() -> None:
    execute("CREATE ROLE nobody_of_note")
    execute("SET LOCAL ROLE nobody_of_note")
    migrate()
    execute("RESET ROLE")
    assert is_there()
