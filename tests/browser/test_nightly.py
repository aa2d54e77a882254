"""Figures of the pages in a real browser: measured, printed, and bounded where load cannot tell."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.browser.conftest import run, vitest
from tests.end_to_end.test_serve import Site

pytestmark = [pytest.mark.nightly, pytest.mark.xdist_group("world")]

LIGHTHOUSE = Path(__file__).parent / "lighthouse"


def test_lighthouse_is_content(site: Site, chromium: str) -> None:
    if not (LIGHTHOUSE / "node_modules").is_dir():
        run("npm", "ci", "--no-audit", "--no-fund", folder=LIGHTHOUSE)
    address = f"http://localhost:{site.port}"
    sys.stdout.write(run("node", "audit.js", folder=LIGHTHOUSE, SITE=address, CHROMIUM=chromium))


def test_no_page_jumps_on_a_slow_phone(site: Site, chromium: str) -> None:
    sys.stdout.write(
        run("node", "e2e/paint.js", SITE=f"http://localhost:{site.port}", CHROMIUM=chromium)
    )


def test_fifty_passes_of_a_loop_return_to_its_start(site: Site, chromium: str) -> None:
    said = vitest(
        *("--config", "e2e/vitest.config.js", "player", "metronome"),
        LOOP_PASSES="50",
        SITE=f"http://localhost:{site.port}",
        CHROMIUM=chromium,
    )
    sys.stdout.write(
        "\n".join(line for line in said.splitlines() if line.startswith(("loop", "counts")))
    )
