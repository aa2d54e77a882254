"""Where in a clip its figure is danced: a turn lies somewhere in its clip, rarely at its start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from engine.contract import BEATS_PER_BAR, Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

FIGURE_BEATS = {
    "turn": BEATS_PER_BAR,
    "turns": BEATS_PER_BAR,
    "spin": BEATS_PER_BAR,
    "spins": BEATS_PER_BAR,
    "giro": BEATS_PER_BAR,
    "vuelta": BEATS_PER_BAR,
    "dip": BEATS_PER_BAR,
    "dips": BEATS_PER_BAR,
    "caida": BEATS_PER_BAR,
}
"""Words of a label, and how many beats their figure takes; other moves are danced throughout."""

NOTED = re.compile(
    r"(?:from )?seconds? (\d+(?:\.\d+)?) (?:to|-|until) (\d+(?:\.\d+)?)", re.IGNORECASE
)


def find_figure(
    motion_by_beat: Sequence[float],
    beats_s: Sequence[float],
    *,
    one: int,
    move_label: str,
    notes: str = "",
    duration_s: float,
) -> Figure | None:
    """Find the stretch that must be shown for the move to be the one it is called.

    Parameters
    ----------
    motion_by_beat : sequence of float
        How much the whole picture moves around each beat, see ``motion.motion_by_beat``.
    beats_s : sequence of float
        The clip's beats in seconds, as many, at least four.
    one : int
        The beat its first bar begins on.
    move_label, notes : str
        What the clip is called, and what somebody wrote of it: "from second 7 to 10" says where
        the figure is, to the end of its bar; otherwise it is where most moves.
    duration_s : float
        The clip's length in seconds.

    Returns
    -------
    Figure or None
        None for moves that are danced throughout, like a basic.
    """
    length = max((FIGURE_BEATS.get(word, 0) for word in _words(move_label)), default=0)
    if not length:
        return None
    noted = NOTED.search(notes)
    if noted is not None and float(noted[1]) < min(float(noted[2]), duration_s):
        end_s = min(float(noted[2]), duration_s)
        bars_s = np.array(beats_s[one::BEATS_PER_BAR])
        later = bars_s[bars_s >= end_s - 1e-6]
        end_s = float(later[0]) if len(later) else duration_s
        return Figure(start_s=float(noted[1]), end_s=end_s)
    beats = np.array(beats_s)
    sums = np.convolve(np.array(motion_by_beat), np.ones(length), mode="valid")
    first = int(sums.argmax())
    after = first + length
    end_s = float(beats[after]) if after < len(beats) else duration_s
    return Figure(start_s=float(beats[first]), end_s=min(end_s, duration_s))


def _words(label: str) -> list[str]:
    return re.findall(r"[a-z]+", label.lower())
