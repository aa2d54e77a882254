"""Every import contract is kept, and turns red when somebody breaks it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["config", "demo", "engine", "jobrunner", "legacy_compat", "modules", "projections"]
# file: what somebody might write into it, against the contract of that name
PLANTS = {
    "layers": ("legacy_compat/schema.py", "import modules.errors"),
    "acyclic": ("engine/audio/beats.py", "import engine.audio.offbeats"),
    "siblings": ("modules/songs/application.py", "import modules.media.adapters.folder"),
    "kernel": ("modules/web/etags.py", "import modules.songs.contract"),
    "pure-domain": ("modules/choreography/domain.py", "import django.utils.timezone"),
    "pure-engine": ("engine/planning/plan.py", "import modules.errors"),
    "light-api": ("config/api.py", "import librosa"),
    "heavy-lifting": ("modules/moves/contract.py", "import av"),
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the sources that may be spoiled."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter as the check does."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_contract_has_been_seen_red(house: Path) -> None:
    assert lint(house).returncode == 0
    for file, line in PLANTS.values():
        path = house / file
        first, docstring_end = path.read_text().split('"""', 2)[1:3]
        future = "\nfrom __future__ import annotations"
        path.write_text(f'"""{first}"""' + docstring_end.replace(future, f"{future}\n{line}", 1))
        assert line in path.read_text()
    done = lint(house)
    broken = re.findall(r"^(.*) BROKEN", done.stdout, re.MULTILINE)
    contracts = re.findall(
        r'^id = "(.*)"\nname = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert {contract for contract, _ in contracts} == set(PLANTS)
    assert [name for _, name in contracts] == [re.sub(r" \(.*", "", name) for name in broken]
