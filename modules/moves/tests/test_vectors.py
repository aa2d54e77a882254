"""Means of vectors and the database's way of making them comparable."""

from __future__ import annotations

import math

import pytest
from django.db import connection
from django.db.migrations.state import ProjectState

from modules.moves.adapters.vector_extension import CreateVectorExtension, has_vector_extension
from modules.moves.contract import VECTOR_WEIGHTS
from modules.moves.tests.makers import a_document, a_vector, all_vectors
from modules.moves.vectors import mean_vectors


def test_the_weights_sum_to_one() -> None:
    assert math.fsum(VECTOR_WEIGHTS.values()) == pytest.approx(1)


def test_the_mean_has_the_direction_between() -> None:
    short = {"audio": tuple(x / 9 for x in a_vector("audio", angle=math.pi / 2))}
    documents = [a_document("a", vectors=all_vectors()), a_document("b", vectors=short)]
    mean = mean_vectors(documents)
    assert mean["audio"][:2] == pytest.approx((math.sqrt(0.5), math.sqrt(0.5)))
    assert mean["text"][:2] == pytest.approx((1, 0))


def test_poor_and_opposite_vectors_have_no_mean() -> None:
    poor = a_document("poor", quality_score=0.1, vectors=all_vectors())
    there = a_document("there", vectors={"text": (1.0, *(0.0,) * 383)})
    back = a_document("back", vectors={"text": (-1.0, *(0.0,) * 383)})
    assert mean_vectors([poor]) == {}
    assert mean_vectors([there, back]) == {}


def create_vector_extension() -> None:
    with connection.schema_editor(atomic=False) as editor:
        step = CreateVectorExtension()
        step.database_forwards("moves", editor, ProjectState(), ProjectState())


def require_pgvector() -> None:
    if not has_vector_extension():
        pytest.skip("this PostgreSQL server has no extension pgvector")


@pytest.mark.django_db
def test_the_extension_is_made_when_missing_and_twice_is_nothing() -> None:
    require_pgvector()
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION vector CASCADE")
        assert not has_vector_extension()
        create_vector_extension()
        create_vector_extension()
        cursor.execute("SELECT '[1,2]'::vector <=> '[1,2]'::vector")
        assert cursor.fetchone() == (0.0,)


@pytest.mark.django_db
def test_a_server_without_the_extension_is_left_as_it_is() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION IF EXISTS vector CASCADE")
        # a temporary view is found before pg_catalog's
        cursor.execute("CREATE TEMP VIEW pg_available_extensions AS SELECT ''::name AS name")
    create_vector_extension()
    assert not has_vector_extension()


@pytest.mark.django_db
def test_a_role_that_may_not_create_it_goes_on_without() -> None:
    require_pgvector()
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION vector CASCADE")
        cursor.execute("CREATE ROLE nobody_of_note")
        cursor.execute("SET LOCAL ROLE nobody_of_note")
        create_vector_extension()
        cursor.execute("RESET ROLE")
    assert not has_vector_extension()
