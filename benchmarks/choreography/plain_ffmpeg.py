"""The usual way, for comparison: normalise every clip, put them in a row, encode it with the song.

Debian's ``ffmpeg``, with the presets it comes with; the benchmark alone uses it. It knows
nothing of beats: the clips are cycled whole until the song is over.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

SHAPE = (
    "scale=1280:720:force_original_aspect_ratio=decrease,"
    "pad=1280:720:(ow-iw)/2:(oh-ih)/2,setsar=1,fps=30,format=yuv420p"
)


def has_ffmpeg() -> bool:
    """Tell whether the programs are installed."""
    return shutil.which("ffmpeg") is not None and shutil.which("ffprobe") is not None


def plain_seconds(clips: Sequence[Path], song: Path, *, song_s: float) -> float:
    """Seconds that the usual way takes for the song with these clips."""
    with tempfile.TemporaryDirectory(prefix="bachata-ffmpeg-") as folder:
        start = time.perf_counter()
        made = [_normalise(clip, Path(folder) / f"{i}.mp4") for i, clip in enumerate(clips)]
        _encode(_row(made, Path(folder) / "row.txt", song_s), song, Path(folder), song_s)
        return time.perf_counter() - start


def danced_clips(plan: dict[str, Any], folder: Path) -> list[Path]:
    """The recordings of the clips that a choreography uses, each once, as they were recorded."""
    annotations = json.loads((folder / "bachata_annotations.json").read_text())
    path_of = {clip["clip_id"]: folder / clip["video_path"] for clip in annotations["clips"]}
    return [path_of[clip] for clip in dict.fromkeys(move["clip_id"] for move in plan["moves"])]


def _normalise(clip: Path, target: Path) -> Path:
    _ffmpeg("-i", str(clip), "-an", "-vf", SHAPE, "-c:v", "libx264", str(target))
    return target


def _row(clips: Sequence[Path], target: Path, song_s: float) -> Path:
    """Write ffmpeg's list of clips, cycled until the song is covered."""
    lines, covered_s = [], 0.0
    for clip in cycle(clips):
        if covered_s >= song_s:
            break
        lines.append(f"file '{clip}'")
        covered_s += _length_s(clip)
    target.write_text("\n".join(lines))
    return target


def _encode(row: Path, song: Path, folder: Path, song_s: float) -> None:
    _ffmpeg(
        *("-f", "concat", "-safe", "0", "-i", str(row), "-i", str(song)),
        *("-map", "0:v:0", "-map", "1:a:0", "-t", f"{song_s:.3f}"),
        *("-c:v", "libx264", "-c:a", "aac", "-movflags", "+faststart"),
        str(folder / "video.mp4"),
    )


def _length_s(clip: Path) -> float:
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"]
    done = subprocess.run([*command, str(clip)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True)
