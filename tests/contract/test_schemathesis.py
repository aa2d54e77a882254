"""Generated requests: whatever comes, the answers are the described ones.

``CONTRACT_EXAMPLES`` sets how many requests are made up per operation; the default is small
enough for every run. All of schemathesis's checks are on, also for wrong data, for ids of
deleted things, for ignored log-ins, and for one dancer's things in another one's hands.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.conftest import Served

HERE = Path(__file__).resolve().parent
EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "15"))
FEWEST_STEPS = 80
GROUPS = ["auth", "choreography", "collections", "media", "moves", "operations", "songs"]

pytestmark = pytest.mark.xdist_group("contract")


def identities(served: Served, folder: Path) -> Path:
    """Write who may ask: two peers who must not see each other's things."""
    people = [served.people["ana"], served.people["ben"]]
    entries = [
        {
            "name": person.name,
            "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {person.access}"}],
        }
        for person in people
    ]
    file = folder / "identities.json"
    file.write_text(json.dumps({"auth": entries}))
    return file


def run(served: Served, folder: Path, *options: str) -> int:
    """Run schemathesis; gives how many requests it made."""
    settings = (HERE / "schemathesis.toml").read_text()
    config = folder / "schemathesis.toml"
    config.write_text(
        f"{settings}\n[auth.wfc]\npath = {json.dumps(str(identities(served, folder)))}\n"
        'peers = ["ana", "ben"]\n'
    )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", config, "run"),
            f"{served.address}/api/openapi.json",
            *("--checks", "all", "--max-examples", str(EXAMPLES), "--no-color", *options),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1]), "CONTRACT_SONG": served.song},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    generated = re.search(r"(\d+) generated", done.stdout)
    assert generated, done.stdout
    return int(generated[1])


@pytest.mark.parametrize("group", GROUPS)
def test_no_made_up_request_finds_a_fault(
    served: Served, tmp_path: Path, group: str, record_property: Callable[[str, object], None]
) -> None:
    phases = "examples,coverage,fuzzing"
    made = run(served, tmp_path, "--include-tag", group, "--phases", phases)
    record_property("requests", made)
    assert made >= EXAMPLES


def test_no_sequence_of_requests_finds_a_fault(
    served: Served, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    made = run(served, tmp_path, "--phases", "stateful")
    record_property("requests", made)
    assert made >= FEWEST_STEPS
