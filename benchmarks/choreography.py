"""The numbers that prove a choreography: beats, speed, time and memory, against their bounds.

``uv run benchmarks/choreography.py --moves DIR --song FILE… [--json]``

Every job is a fresh process, as on Cloud Run, started the way an executor starts it; what is
measured of the video is measured in the finished file: its pictures and keyframes, not the plan.
An installation of its own is made in a temporary folder. Quoted are medians of ``--runs`` runs.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
LONG_SONG_S = 300.0


@dataclass(frozen=True)
class Number:
    """One measured number and what it must be."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool:
        """Whether the bound holds."""
        low = self.at_least is None or self.value >= self.at_least
        return low and (self.at_most is None or self.value <= self.at_most)

    @property
    def bound(self) -> str:
        """The bound, as the table shows it."""
        return f"≤ {self.at_most:g}" if self.at_least is None else f"≥ {self.at_least:g}"


@dataclass(frozen=True)
class Job:
    """One run of the job's process."""

    wall_s: float
    peak_mb: float
    result: dict[str, Any]


def main() -> int:
    """Measure, print, and exit with 1 if a bound is missed."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="bachata-benchmark-") as folder:
        set_up(Path(folder))
        importing = import_moves(options.moves)
        songs = [measure_song(song, options) for song in options.song]
    tables = [("import", importing), *songs]
    for title, numbers in tables:
        print_table(title, numbers)
    all_met = all(number.met for _, numbers in tables for number in numbers)
    print("\nall bounds are met" if all_met else "\nNOT all bounds are met")
    if options.json:
        print(json.dumps(summary(importing, songs, all_met=all_met)))
    return 0 if all_met else 1


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=Path, required=True, help="folder of annotated clips")
    parser.add_argument("--song", type=Path, nargs="+", required=True)
    parser.add_argument("--runs", type=int, default=3, help="fresh processes per number")
    parser.add_argument("--difficulty", default="intermediate")
    parser.add_argument("--json", action="store_true", help="print one JSON line at the end")
    return parser.parse_args()


def set_up(folder: Path) -> None:
    """Make an installation in the folder; this process becomes its command line."""
    os.environ["LOCAL_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ.pop("DATABASE_URL", None)
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def import_moves(folder: Path) -> list[Number]:
    """Import the clips and compare the time with their playing time."""
    from config import wiring

    embeddings = folder / "embeddings_backup.json"
    report = wiring.move_importer().import_folder(
        folder, embeddings=embeddings if embeddings.is_file() else None
    )
    for refused in report.refused:
        print(f"left out {refused.clip_id}: {refused.message}", file=sys.stderr)
    return [
        Number("clips imported", len(report.imported), "", at_least=1),
        Number("import, faster than playing", report.prepared_s / report.took_s, "×", at_least=4),
    ]


def measure_song(path: Path, options: argparse.Namespace) -> tuple[str, list[Number]]:
    """Make choreographies of one song and measure them."""
    from config import wiring

    library = wiring.song_library()
    song = library.add_file(path)
    new, known = [], []
    for run in range(options.runs):
        forget_derived(song.content_hash)
        new.append(run_job(song.address, difficulty=options.difficulty, seed=run))
        known.append(run_job(song.address, difficulty=options.difficulty, seed=run))
    encode_s = statistics.median(encode_seconds(path) for _ in range(options.runs))
    song_s = new[0].result["song"]["duration_s"]
    numbers = [*_worst(list(film_numbers(job.result)) for job in new + known)]
    return path.name, numbers + list(cost_numbers(new, known, song_s=song_s, encode_s=encode_s))


def forget_derived(content_hash: str) -> None:
    """Make the next job hear the song for the first time."""
    from config import wiring
    from jobrunner.listening import ANALYSIS_NAME, TRACK_NAME

    for name in (ANALYSIS_NAME, TRACK_NAME):
        wiring.media_storage().delete(f"songs/{content_hash}/{name}")


def run_job(audio_input: str, *, difficulty: str, seed: int) -> Job:
    """Request a choreography and run its job as a process of its own."""
    from config import wiring
    from modules.identity.contract import ensure_user

    task_id = wiring.tasks().request(
        request_id=uuid4(),
        user_id=ensure_user("benchmark").id,
        audio_input=audio_input,
        difficulty=difficulty,
        seed=seed,
    )
    command = [sys.executable, "-m", "jobrunner"]
    start = time.perf_counter()
    job = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "TASK_ID": str(task_id), "LOG_LEVEL": "ERROR"},
    )
    _, status, usage = os.wait4(job.pid, 0)
    wall_s = time.perf_counter() - start
    view = wiring.task_view(task_id)
    if status or view.result is None:
        raise SystemExit(f"The job failed: {view.error} ({view.error_code})")
    return Job(wall_s=wall_s, peak_mb=_megabytes(usage), result=dict(view.result))


def encode_seconds(path: Path) -> float:
    """Seconds that encoding the song as AAC takes, without starting Python."""
    code = (
        "import sys, time; from pathlib import Path; from jobrunner.audio import encode_aac\n"
        "start = time.perf_counter(); encode_aac(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "print(time.perf_counter() - start)"
    )
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", code, str(path.resolve()), f"{folder}/track.m4a"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def film_numbers(result: dict[str, Any]) -> Iterator[Number]:
    """What the finished file shows, held against the song's own beats."""
    import numpy as np

    from config import wiring
    from jobrunner.timeline import distances_s

    storage = wiring.media_storage()
    plan = json.loads(_path(storage, result["timeline_key"]).read_text())
    film = read_film(_path(storage, result["video_key"]))
    beats = np.array(plan["beats_s"])
    cuts = np.array([move["start_s"] for move in plan["moves"][1:]])
    danced = film["keyframes"][(film["keyframes"] >= beats[0]) & (film["keyframes"] <= beats[-1])]
    off_beat_ms = 1000 * _step_errors_s(danced, cuts, beats)
    speeds = [move["speed"] for move in plan["moves"]]
    cut_ms = 1000 * np.maximum(distances_s(cuts, beats), distances_s(cuts, film["pictures"]))
    yield Number("cut to nearest song beat, max", float(cut_ms.max()), "ms", at_most=10)
    p95_ms = float(np.percentile(off_beat_ms, 95))
    yield Number("clip beat to song beat, 95th percentile", p95_ms, "ms", at_most=20)
    yield Number("speed, min", min(speeds), "×", at_least=0.80)
    yield Number("speed, max", max(speeds), "×", at_most=1.25)
    length_ms = 1000 * abs(film["video_s"] - film["audio_s"])
    yield Number("video and audio length, difference", length_ms, "ms", at_most=100)
    longest_s = float(np.diff(np.append(film["pictures"], film["video_s"])).max())
    yield Number("longest picture", longest_s, "s", at_most=0.3)


def read_film(path: Path) -> dict[str, Any]:
    """The times of pictures and keyframes, and the lengths of both tracks, in seconds."""
    import av
    import numpy as np

    pictures, keyframes, ends = [], [], {"video": 0.0, "audio": 0.0}
    with av.open(str(path)) as container:
        for packet in container.demux():
            if packet.pts is None or packet.time_base is None:
                continue
            at = float(packet.pts * packet.time_base)
            end = at + float((packet.duration or 0) * packet.time_base)
            ends[packet.stream.type] = max(ends[packet.stream.type], end)
            if packet.stream.type == "video":
                pictures.append(at)
                keyframes += [at] if packet.is_keyframe else []
    return {
        "pictures": np.array(sorted(pictures)),
        "keyframes": np.array(sorted(keyframes)),
        "video_s": ends["video"],
        "audio_s": ends["audio"],
    }


def _step_errors_s(steps: Any, cuts: Any, beats: Any) -> Any:
    """Distance of each clip beat (they are the keyframes) from the song beat it is danced to.

    A clip at twice the song's tempo steps on the half beats too.
    """
    import numpy as np

    from jobrunner.timeline import distances_s

    halves = np.sort(np.concatenate([beats, (beats[1:] + beats[:-1]) / 2]))
    borders = np.concatenate([[-np.inf], cuts, [np.inf]])
    errors = []
    for low, high in itertools.pairwise(borders):
        own = steps[(steps >= low - 1e-6) & (steps < high - 1e-6)]
        is_double = len(own) > 2 and np.median(np.diff(own)) < 0.75 * np.median(np.diff(beats))
        errors.append(distances_s(own, halves if is_double else beats))
    return np.concatenate(errors)


def cost_numbers(
    new: Sequence[Job], known: Sequence[Job], *, song_s: float, encode_s: float
) -> Iterator[Number]:
    """Time and memory."""
    render_s = statistics.median(job.result["stages_s"]["render"] for job in new + known)
    fresh_s = statistics.median(job.wall_s for job in new)
    again_s = statistics.median(job.wall_s for job in known)
    peak_mb = max(job.peak_mb for job in [*new, *known])
    yield Number("whole job, new song", fresh_s, "s", at_most=8)
    yield Number("whole job, song seen before", again_s, "s", at_most=2)
    yield Number("render, AAC cached, faster than playing", song_s / render_s, "×", at_least=100)
    encoded = song_s / (render_s + encode_s)
    yield Number("render, AAC encoded, faster than playing", encoded, "×", at_least=30)
    most_mb = 600 if song_s <= LONG_SONG_S else 800
    yield Number("peak memory of the job", peak_mb, "MB", at_most=most_mb)


def _worst(runs: Any) -> Iterator[Number]:
    """Of each number the run that is farthest on the wrong side."""
    for same in zip(*runs, strict=True):
        yield (min if same[0].at_least is not None else max)(same, key=lambda each: each.value)


def _path(storage: Any, key: str) -> Path:
    path: Path = storage.local_path(key)
    return path


def _megabytes(usage: resource.struct_rusage) -> float:
    # Linux gives kibibytes, macOS bytes
    return usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)


def print_table(title: str, numbers: Sequence[Number]) -> None:
    """Show numbers with their bounds."""
    print(f"\n{title}")
    for number in numbers:
        mark = "ok" if number.met else "MISSED"
        value = f"{number.value:9.2f} {number.unit:<3}"
        print(f"  {number.name:<42}{value} must be {number.bound:<7} {mark}")


def summary(
    importing: Sequence[Number], songs: Sequence[tuple[str, list[Number]]], *, all_met: bool
) -> dict[str, Any]:
    """Everything as one JSON object."""

    def rows(numbers: Sequence[Number]) -> list[dict[str, Any]]:
        return [{**asdict(number), "bound": number.bound, "met": number.met} for number in numbers]

    return {
        "import": rows(importing),
        "songs": [{"song": name, "numbers": rows(numbers)} for name, numbers in songs],
        "all_met": all_met,
    }


if __name__ == "__main__":
    sys.exit(main())
