"""Whether the dancers tap on 4 and 8: the motion of their legs in finished videos, by count.

    uv run python benchmarks/folded_motion.py VIDEO TIMELINE [VIDEO TIMELINE …] [--json]

Every picture of a video is held against the one before it, in the lower part where legs are; what
moves within half a beat of each beat is folded on the counts 1 … 8 of the timeline's
ones, in shares of the mean of its move, so that a large room weighs no more than a small one. Cuts
are left out. In step, 4 and 8 are the stillest of their four: the dancers tap and wait.
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import batched
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COUNTS = 8
SPREAD = (-0.4, 0.4)
"""From where to where around a beat the legs are looked at, in beats."""


def main() -> int:
    """Fold, print, and exit with 1 where the tap does not show."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+", metavar="VIDEO TIMELINE")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    folded = {str(video): fold(video, timeline) for video, timeline in batched(options.files, 2)}
    folded["all"] = [sum(row[i] for row in folded.values()) / len(folded) for i in range(COUNTS)]
    if options.json:
        print(json.dumps(folded))
    else:
        for name, shares in folded.items():
            print(f"\n{name}")
            for count, share in enumerate(shares, start=1):
                print(f"  {count}  {share:4.2f}  {'#' * round(30 * share)}")
    return 0 if all(shows_tap(folded["all"][first : first + 4]) for first in (0, 4)) else 1


def shows_tap(four: list[float]) -> bool:
    """Whether the last of four counts is the stillest."""
    return min(four) == four[-1]


def fold(video: Path, timeline: Path) -> list[float]:
    """Return the legs' motion on each count, in shares of the mean."""
    import numpy as np

    told = json.loads(timeline.read_text())
    times_s, legs = legs_of(video)
    sums, counts = np.zeros(COUNTS), np.zeros(COUNTS)
    beats_s = np.array(told["beats_s"])
    one_at = np.array(told["ones"])
    for move in told["moves"]:
        inside = [
            i for i, at in enumerate(beats_s[:-1]) if move["start_s"] - 1e-3 <= at < move["end_s"]
        ]
        seen = {}
        for beat in inside:
            length_s = beats_s[beat + 1] - beats_s[beat]
            from_s, to_s = (beats_s[beat] + share * length_s for share in SPREAD)
            here = (times_s > max(from_s, move["start_s"] + 0.05)) & (times_s < to_s)
            if here.any() and (one_at <= beat).any():
                seen[beat] = float(legs[here].mean())
        mean = sum(seen.values()) / max(len(seen), 1)
        for beat, motion in seen.items():
            count = (beat - one_at[one_at <= beat][-1]) % COUNTS
            sums[count] += motion / max(mean, 1e-9)
            counts[count] += 1
    return [round(float(share), 3) for share in sums / np.maximum(counts, 1)]


def legs_of(video: Path):  # type: ignore[no-untyped-def]
    """Return when the pictures are shown, and how much the lower part of each changes a second."""
    import av
    import numpy as np

    from engine.video.meters import MotionMeter

    meter = MotionMeter()
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            meter.add(frame, at_s=float(frame.time or 0.0))
    motion = meter.read()
    times_s = np.array(motion.times_s)
    return times_s, np.array(motion.legs) / np.maximum(np.diff(times_s, prepend=0), 1e-3)


if __name__ == "__main__":
    raise SystemExit(main())
