"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["modules.eventstore.testing"]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real clips and songs; tests that want them skip, saying so, when they are absent."""
    default = Path(__file__).resolve().parent.parent / "shared" / "data"
    folder = Path(os.environ.get("BACHATA_SHARED_DATA", default))
    if not (folder / "moves").is_dir():
        pytest.skip(f"real clips and songs are not at {folder}")
    return folder
