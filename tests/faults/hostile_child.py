"""Use strangers' files as the job and the import do, within limits that a bomb would break.

``python -m tests.faults.hostile_child song|clip FILE…`` writes one JSON line for each file.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

MOST_BYTES = 2 << 30
MOST_CPU_S = 240
MOST_WRITTEN_BYTES = 256 << 20


def main() -> None:
    """Try every file; an error that is not typed ends the process, as it would the job."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN_BYTES, MOST_WRITTEN_BYTES))
    use: Callable[[Path, Path], str] = {"song": use_song, "clip": use_clip}[sys.argv[1]]
    for name in sys.argv[2:]:
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            code = use(Path(name), Path(folder))
            left = [path.name for path in Path(folder).rglob("*.part")]
        seen = {"file": Path(name).name, "code": code, "left": left}
        took_s = time.perf_counter() - start
        line = json.dumps(seen | {"took_s": took_s, "peak_mb": peak_mb()})
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def peak_mb() -> float:
    """Most memory that this process held; ``ru_maxrss`` would count its parent's, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def use_song(path: Path, folder: Path) -> str:
    """Decode, analyse and encode, as a job that hears a song for the first time."""
    from engine.audio.analysis import analyse
    from engine.audio.decoding import ANALYSIS_RATE_HZ, decode_mono
    from engine.audio.encoding import encode_aac
    from engine.contract import UnusableAudio

    codes = []
    try:
        signal = decode_mono(path)
        analyse(signal, sample_rate_hz=ANALYSIS_RATE_HZ)
    except UnusableAudio as error:
        codes.append(error.code)
    try:
        encode_aac(path, folder / "track.m4a")
    except UnusableAudio as error:
        codes.append(error.code)
    return codes[0] if codes else "ok"


def use_clip(path: Path, folder: Path) -> str:
    """Find the beats and write the mezzanine, as an import does."""
    from engine.audio.clip_beats import find_beats_by_sound
    from engine.video.mezzanine import prepare_clip
    from modules.moves.clip_preparation import ClipPreparation, PreparationJob
    from modules.moves.contract import ClipRefused

    preparation = ClipPreparation(prepare=prepare_clip, find_beats=find_beats_by_sound, workers=0)
    job = PreparationJob(
        clip_id="clip", source=path, annotated_tempo_bpm=120.0, directory=folder / "clip"
    )
    made = preparation.prepare_one(job)
    return made.code if isinstance(made, ClipRefused) else "ok"


if __name__ == "__main__":
    main()
