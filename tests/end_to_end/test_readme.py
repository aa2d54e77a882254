"""The client of the README does what it says, as it stands there."""

from __future__ import annotations

import re
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.world import ROOT, World, until

# One process drives the one installation.
pytestmark = pytest.mark.xdist_group("world")

SCRIPT = re.compile(r"## A client\n.*?```sh\n(.*?)```", re.DOTALL)
SCRIPT_TIMEOUT_S = 180


def test_the_client_of_the_readme_makes_its_visit(ready_world: World, tmp_path: Path) -> None:
    found = SCRIPT.search((ROOT / "README.md").read_text())
    assert found is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    with ready_world.managing("serve", "--port", str(port)):

        def answers() -> bool:
            try:
                with urllib.request.urlopen(f"{site}/api/health", timeout=2) as answer:  # noqa: S310
                    return bool(answer.status == 200)
            except OSError:
                return False

        until(answers)
        done = subprocess.run(
            ["sh", "-eu", "-c", found[1]],
            cwd=tmp_path,
            env={"SITE": site, "PATH": ready_world.environment()["PATH"]},
            capture_output=True,
            text=True,
            timeout=SCRIPT_TIMEOUT_S,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "The choreography is completed.",
        "Noche de Papel",
        "Left: 0",
    ]
    beginning = (tmp_path / "beginning.mp4").read_bytes()
    assert len(beginning) == 100_000
    assert beginning[4:8] == b"ftyp"
