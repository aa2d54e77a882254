"""A served installation with its pages; Node and Chromium to look at them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.pages.building import ensure_built, ensure_tools
from tests.end_to_end.test_serve import Site, serving
from tests.world import ROOT, World

FRONTEND = ROOT / "frontend"
VITEST = FRONTEND / "node_modules" / ".bin" / "vitest"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


@pytest.fixture(scope="session")
def built_pages() -> Path:
    """The pages, built by Node, and the tools to test them."""
    said: list[str] = []
    ensure_tools(FRONTEND)
    built = ensure_built(FRONTEND, tell=said.append)
    if built is None:
        pytest.skip(f"Node is needed: {' '.join(said)}")
    return built


@pytest.fixture(scope="session")
def chromium(built_pages: Path) -> str:
    """The system's Chromium."""
    found = shutil.which(CHROMIUM)
    if found is None:
        pytest.skip(f"Chromium is needed: there is none at {CHROMIUM}")
    return found


@pytest.fixture(scope="module")
def site(ready_world: World, built_pages: Path) -> Iterator[Site]:
    """The installation after its first demo, served with a dispatcher."""
    with serving(
        ready_world,
        "--workers",
        "1",
        AUTH_REQUESTS_PER_MINUTE="1000",
        USER_REQUESTS_PER_MINUTE="10000",
        POLLING_REQUESTS_PER_MINUTE="10000",
    ) as served:
        yield served


def vitest(*arguments: str, **environment: str) -> str:
    """Run tests of the pages; they must pass."""
    return run(str(VITEST), "run", *arguments, **environment)


def run(*command: str, folder: Path = FRONTEND, **environment: str) -> str:
    """Run a tool of the pages, which must end well; return what it said."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "CI": "true", "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]
    return done.stdout
