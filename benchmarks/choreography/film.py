"""What the finished file's packets show: cuts, steps, lengths; not what the plan says of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from choreography.numbers import Number


def film_numbers(video: Path, plan: dict[str, Any]) -> Iterator[Number]:
    """What the finished file shows, held against the song's own beats."""
    import numpy as np

    from engine.planning.timeline import distances_s

    film = read_film(video)
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

    from engine.planning.timeline import distances_s

    halves = np.sort(np.concatenate([beats, (beats[1:] + beats[:-1]) / 2]))
    borders = np.concatenate([[-np.inf], cuts, [np.inf]])
    errors = []
    for low, high in itertools.pairwise(borders):
        own = steps[(steps >= low - 1e-6) & (steps < high - 1e-6)]
        is_double = len(own) > 2 and np.median(np.diff(own)) < 0.75 * np.median(np.diff(beats))
        errors.append(distances_s(own, halves if is_double else beats))
    return np.concatenate(errors)
