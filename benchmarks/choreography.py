"""The numbers that prove a choreography: beats, speed, time and memory, against their bounds.

``uv run python benchmarks/choreography.py --moves DIR --song FILE… [--json]``, or ``--demo`` for
the project's own material; both together measure both. ``--long`` adds a song of ten minutes,
made of each material's first.

Every job is a fresh process, as on Cloud Run, started the way an executor starts it; what is
measured of the video is measured in the finished file: its pictures and keyframes, not the plan.
A second opinion watches the film and listens to it without either. ``--against-ffmpeg`` makes the
same video the usual way beside it. An installation of its own is made in a temporary folder for
each material. Quoted are medians of ``--runs`` runs.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from choreography.film import film_numbers
from choreography.learnability import learnability_numbers
from choreography.long_song import write_long_song
from choreography.memory import MemoryWatch
from choreography.numbers import Number, as_rows, print_table, worst
from choreography.plain_ffmpeg import danced_clips, has_ffmpeg, plain_seconds
from choreography.second_opinion import second_opinion

ROOT = Path(__file__).resolve().parent.parent
LONG_SONG_S = 300.0
WATCHED = 2
"""So many of a song's videos are decoded and listened to, which takes a while."""


@dataclass(frozen=True)
class Job:
    """One run of the job's process."""

    wall_s: float
    peak_mb: float
    result: dict[str, Any]

    @property
    def video(self) -> Path:
        """The finished file."""
        return stored(self.result["video_key"])

    @property
    def plan(self) -> dict[str, Any]:
        """Its timeline."""
        timeline: dict[str, Any] = json.loads(stored(self.result["timeline_key"]).read_text())
        return timeline


@dataclass(frozen=True)
class Material:
    """Clips and songs that are measured together."""

    name: str
    moves: Path
    songs: Sequence[Path]


def main() -> int:
    """Measure, print, and exit with 1 if a bound is missed."""
    options = arguments()
    tables: list[tuple[str, list[Number]]] = []
    with tempfile.TemporaryDirectory(prefix="bachata-benchmark-") as folder:
        set_up(Path(folder))
        for material in materials(options, Path(folder)):
            tables.append((f"import of {material.name}", import_moves(material.moves)))
            print_table(*tables[-1])
            for song in material.songs:
                tables.append((song.name, measure_song(song, material, options)))
                print_table(*tables[-1])
    all_met = all(number.met for _, numbers in tables for number in numbers)
    print("\nall bounds are met" if all_met else "\nNOT all bounds are met")
    if options.json:
        print(json.dumps(summary(tables, all_met=all_met)))
    return 0 if all_met else 1


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--moves", type=Path, help="folder of annotated clips")
    parser.add_argument("--song", type=Path, nargs="+", default=[])
    parser.add_argument("--demo", action="store_true", help="measure the project's own material")
    parser.add_argument("--long", action="store_true", help="also a song of ten minutes")
    parser.add_argument("--runs", type=int, default=5, help="fresh processes per number")
    parser.add_argument("--difficulty", default="intermediate")
    parser.add_argument("--against-ffmpeg", action="store_true", help="also the usual way")
    parser.add_argument("--json", action="store_true", help="print one JSON line at the end")
    options = parser.parse_args()
    if bool(options.moves) != bool(options.song) or not (options.moves or options.demo):
        parser.error("give --moves and --song, or --demo, or all three")
    if options.against_ffmpeg and not has_ffmpeg():
        print("ffmpeg is not installed: left out (Debian: apt-get install ffmpeg)", file=sys.stderr)
        options.against_ffmpeg = False
    return options


def materials(options: argparse.Namespace, folder: Path) -> Iterator[Material]:
    """Give what was asked for; the demo material is made now."""
    if options.moves:
        songs = [*options.song, *long_songs(options, options.song[0], folder)]
        yield Material(options.moves.name, options.moves, songs)
    if options.demo:
        from demo.clips import ensure_moves
        from demo.song import ensure_song

        song = ensure_song(folder / "demo-song").path
        ensure_moves(folder / "demo-moves")
        songs = [song, *long_songs(options, song, folder)]
        yield Material("the demo", folder / "demo-moves", songs)


def long_songs(options: argparse.Namespace, song: Path, folder: Path) -> list[Path]:
    """Make a song of ten minutes, if one was asked for."""
    if not options.long:
        return []
    return [write_long_song(song, folder / f"ten_minutes_of_{song.stem}.flac")]


def set_up(folder: Path) -> None:
    """Make an installation in the folder; this process becomes its command line."""
    os.environ["LOCAL_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["ENV_FILE"] = ""
    os.environ.pop("DATABASE_URL", None)
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def import_moves(folder: Path) -> list[Number]:
    """Import the clips and compare the time with their playing time."""
    from config import importing

    embeddings = folder / "embeddings_backup.json"
    report = importing.move_importer().import_folder(
        folder, embeddings=embeddings if embeddings.is_file() else None, only=True
    )
    for refused in report.refused:
        print(f"left out {refused.clip_id}: {refused.message}", file=sys.stderr)
    return [
        Number("clips imported", len(report.imported), "", at_least=1),
        Number("import, faster than playing", report.prepared_s / report.took_s, "×", at_least=4),
    ]


def measure_song(path: Path, material: Material, options: argparse.Namespace) -> list[Number]:
    """Make choreographies of one song and measure them."""
    from config import wiring

    song = wiring.songs().library.add_file(path)
    new, known = [], []
    for run in range(options.runs):
        forget_derived(song.content_hash)
        new.append(run_job(song.address, difficulty=options.difficulty, seed=run))
        known.append(run_job(song.address, difficulty=options.difficulty, seed=run))
    encode_s = statistics.median(encode_seconds(path) for _ in range(options.runs))
    song_s = new[0].result["song"]["duration_s"]
    against = list(ffmpeg_numbers(path, material, new, encode_s)) if options.against_ffmpeg else []
    made = [(job.video, job.plan) for job in new]
    return [
        *worst(list(film_numbers(*each)) for each in made),
        *worst(list(learnability_numbers(plan)) for _, plan in made),
        *worst(apart(second_opinion_of, made[: 1 if song_s > LONG_SONG_S else WATCHED])),
        *cost_numbers(new, known, song_s=song_s, encode_s=encode_s),
        *against,
    ]


def apart[T, R](look: Callable[[T], R], subjects: Sequence[T]) -> list[R]:
    """Look from another process: Linux counts this one's memory as its next job's peak."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return list(pool.map(look, subjects))


def second_opinion_of(made: tuple[Path, dict[str, Any]]) -> list[Number]:
    """The second opinion on one video and its plan."""
    return list(second_opinion(*made))


def ffmpeg_numbers(
    song: Path, material: Material, jobs: Sequence[Job], encode_s: float
) -> Iterator[Number]:
    """The usual way with the same clips and song, right beside ours."""
    plan = jobs[0].plan
    clips = danced_clips(plan, material.moves)
    plain_s = plain_seconds(clips, song, song_s=plan["song"]["duration_s"])
    render_s = statistics.median(job.result["stages_s"]["render"] for job in jobs) + encode_s
    whole_s = statistics.median(job.wall_s for job in jobs)
    yield Number(f"plain ffmpeg, {len(clips)} clips normalised and encoded", plain_s, "s")
    yield Number("  ours (render and AAC) faster", plain_s / render_s, "×", at_least=30)
    yield Number("  ours with analysis, plan, start-up faster", plain_s / whole_s, "×")


def forget_derived(content_hash: str) -> None:
    """Make the next job hear the song for the first time."""
    from config import wiring
    from jobrunner.analysis_cache import ANALYSIS_NAME, TRACK_NAME

    for name in (ANALYSIS_NAME, TRACK_NAME):
        wiring.media().storage.delete(f"songs/{content_hash}/{name}")


def run_job(audio_input: str, *, difficulty: str, seed: int) -> Job:
    """Request a choreography and run its job as a process of its own."""
    from config import wiring
    from modules.choreography.contract import GenerationParameters
    from modules.choreography.queries import get_task

    task_id = wiring.choreography().tasks.request(
        request_id=uuid4(),
        user_id=wiring.identity().ensure_user("benchmark").id,
        parameters=GenerationParameters(audio_input=audio_input, difficulty=difficulty, seed=seed),
    )
    command = [sys.executable, "-m", "jobrunner"]
    start = time.perf_counter()
    job = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "TASK_ID": str(task_id), "LOG_LEVEL": "ERROR"},
    )
    with MemoryWatch(job.pid) as memory:
        _, status, usage = os.wait4(job.pid, 0)
    wall_s = time.perf_counter() - start
    view = get_task(task_id)
    if status or view.result is None:
        raise SystemExit(f"The job failed: {view.error} ({view.error_code})")
    return Job(
        wall_s=wall_s, peak_mb=max(memory.peak_mb, _megabytes(usage)), result=dict(view.result)
    )


def encode_seconds(path: Path) -> float:
    """Seconds that encoding the song as AAC takes, without starting Python."""
    code = (
        "import sys, time; from pathlib import Path; from engine.audio.encoding import encode_aac\n"
        "start = time.perf_counter(); encode_aac(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "print(time.perf_counter() - start)"
    )
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", code, str(path.resolve()), f"{folder}/track.m4a"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def cost_numbers(
    new: Sequence[Job], known: Sequence[Job], *, song_s: float, encode_s: float
) -> Iterator[Number]:
    """Time and memory."""
    render_s = statistics.median(job.result["stages_s"]["render"] for job in new + known)
    fresh_s = statistics.median(job.wall_s for job in new)
    again_s = statistics.median(job.wall_s for job in known)
    peak_mb = max(job.peak_mb for job in [*new, *known])
    is_long = song_s > LONG_SONG_S  # the bounds on time are those of a song of 133 s
    yield Number("whole job, new song", fresh_s, "s", at_most=None if is_long else 8)
    yield Number("whole job, song seen before", again_s, "s", at_most=None if is_long else 2)
    yield Number("render, AAC cached, faster than playing", song_s / render_s, "×", at_least=100)
    encoded = song_s / (render_s + encode_s)
    yield Number("render, AAC encoded, faster than playing", encoded, "×", at_least=30)
    most_mb = 800 if is_long else 600
    yield Number("peak memory of the job and its hearing", peak_mb, "MB", at_most=most_mb)


def stored(key: str) -> Path:
    """A file of the installation."""
    from config import wiring

    path = wiring.media().storage.local_path(key)
    if path is None:
        raise SystemExit(f"{key} is not on this disk")
    return path


def _megabytes(usage: resource.struct_rusage) -> float:
    # Linux gives kibibytes, macOS bytes
    return usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)


def summary(tables: Sequence[tuple[str, list[Number]]], *, all_met: bool) -> dict[str, Any]:
    """Everything as one JSON object."""
    imports = [as_rows(numbers) for title, numbers in tables if title.startswith("import of ")]
    return {
        "import": [row for rows in imports for row in rows],
        "songs": [
            {"song": title, "numbers": as_rows(numbers)}
            for title, numbers in tables
            if not title.startswith("import of ")
        ],
        "all_met": all_met,
    }


if __name__ == "__main__":
    sys.exit(main())
