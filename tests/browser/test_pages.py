"""The pages in a real browser, on the real site; and their own tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import vitest
from tests.end_to_end.test_serve import Site

pytestmark = pytest.mark.xdist_group("world")


def test_the_pages_pass_their_own_tests(built_pages: Path) -> None:
    vitest()


def test_dancers_in_chromium(site: Site, chromium: str) -> None:
    """Journeys, the player and what screen readers see, by one browser, one after the other."""
    vitest(
        "--config",
        "e2e/vitest.config.js",
        SITE=f"http://localhost:{site.port}",
        CHROMIUM=chromium,
    )
