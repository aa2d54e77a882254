"""The README's code runs as it stands, where nothing but the engine can be imported."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from engine.audio.tests.sounds import RATE_HZ, clicks, even_beats, piece, write_sound
from engine.video.tests.pictures import write_clip

ENGINE = Path(__file__).resolve().parent.parent
CLIP_S = 9.0
CLIP_RATE_HZ = 48_000

ALONE = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {others!r}:
            raise ImportError(f"{{name}} cannot be imported here")

sys.meta_path.insert(0, Refuse())
sys.path.insert(0, {root!r})
"""
OTHERS = {
    "config",
    "demo",
    "django",
    "jobrunner",
    "legacy_compat",
    "modules",
    "ninja",
    "projections",
    "psycopg",
}


def readme_code() -> str:
    """The one block of Python in the README."""
    blocks = re.findall(r"```python\n(.*?)```", (ENGINE / "README.md").read_text(), re.DOTALL)
    assert len(blocks) == 1
    return str(blocks[0])


def run_alone(code: str, *, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh process that has the engine and its libraries only."""
    program = ALONE.format(others=OTHERS, root=str(ENGINE.parent)) + code
    return subprocess.run(
        [sys.executable, "-I", "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A song of six eights at 125 BPM, and three clips of their own tempi."""
    song = piece(("verse", 3), ("chorus", 3))
    write_sound(tmp_path / "song.mp3", song, codec="mp3", container="mp3", rate_hz=RATE_HZ)
    (tmp_path / "clips").mkdir()
    for name, tempo_bpm in (("basic_1", 120), ("basic_2", 125), ("lady_turn_1", 130)):
        beats_s = even_beats(tempo_bpm, start_s=0.2, end_s=CLIP_S - 0.1)
        write_clip(
            tmp_path / "clips" / f"{name}.mp4",
            times_s=np.arange(0, CLIP_S, 1 / 30).tolist(),
            sound=clicks(beats_s, length_s=CLIP_S, rate_hz=CLIP_RATE_HZ),
        )
    return tmp_path


def test_the_readmes_ten_lines_make_a_video(folder: Path) -> None:
    code = readme_code()
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    run = run_alone(code, folder=folder)
    assert run.returncode == 0, run.stderr
    first, *moves = run.stdout.splitlines()
    assert first.startswith("125 BPM, 6 eights")
    assert {"Basic", "Lady turn"} == {line.split("8  ")[1].split(":")[0] for line in moves}
    with av.open(str(folder / "choreography.mp4")) as video:
        assert {stream.type for stream in video.streams} == {"video", "audio"}
        assert video.duration is not None
        assert abs(video.duration / av.time_base - 23.8) < 0.3
    assert (folder / "choreography.jpg").read_bytes().startswith(b"\xff\xd8")


@pytest.mark.parametrize("other", ["django", "modules.moves.contract", "config.settings"])
def test_nothing_else_can_be_imported_there(other: str, tmp_path: Path) -> None:
    run = run_alone(f"import {other}", folder=tmp_path)
    assert run.returncode != 0
    assert "cannot be imported here" in run.stderr
