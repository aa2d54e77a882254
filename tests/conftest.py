"""Installations for tests that drive the commands: setting one up is the first test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from config.embedded_postgres import EmbeddedPostgres
from tests.world import World


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An empty installation."""
    with an_installation(tmp_path_factory.mktemp("world")) as made:
        yield made


@contextmanager
def an_installation(folder: Path) -> Iterator[World]:
    """Give an installation, on the embedded server or in a database beside ``DATABASE_URL``."""
    url = os.environ.get("DATABASE_URL")
    if url is None:
        # Holding the server keeps it up between the commands, as a site that is served does.
        server = EmbeddedPostgres(folder / "postgres")
        server.ensure_running()
        yield World(folder)
        server.release()
        return
    with psycopg.connect(url, autocommit=True) as connection:
        name = f"bachata_{folder.name}_{os.getpid()}"
        connection.execute(f"CREATE DATABASE {name}")
        yield World(folder, database_url=_renamed(url, name))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def ready_world(world: World) -> World:
    """The installation after its first demo: schema, moves, song and caches are there."""
    world.demo("--seed", "1")
    return world


def _renamed(url: str, database: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{database}" + (
        f"?{parts.query}" if parts.query else ""
    )


@pytest.fixture(scope="session")
def real_moves(shared_data: Path) -> Path:
    """The folder of real clips."""
    return shared_data / "moves"
