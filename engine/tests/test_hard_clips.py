"""Clips nobody would wish for: a clear count, a mark that says unsure, or a typed error."""

from __future__ import annotations

from collections.abc import Callable

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.audio.clip_beats import find_clip_beats
from engine.audio.tests.sounds import RATE_HZ, noise, speech
from engine.audio.tests.test_clip_bars import PERIOD_S
from engine.audio.tests.test_clip_bars import a_clip as a_sound
from engine.contract import ClipBeats, ClipMotion, UnusableAudio, Wishes
from engine.planning.plan import plan
from engine.planning.tests.dances import a_clip, a_song
from engine.video.clip_count import find_one
from engine.video.meters import MotionMeter

START_S = 0.25
N_BEATS = 20
FRAMES_PER_S = 30
STEP_PX = (14, 11, 9, 0)
"""How far the feet move on each count: on 4, the tap, they are still."""

type Change = Callable[[NDArray[np.uint8], float], NDArray[np.uint8]]


def as_filmed(picture: NDArray[np.uint8], at_s: float) -> NDArray[np.uint8]:
    return picture


def mirrored(picture: NDArray[np.uint8], at_s: float) -> NDArray[np.uint8]:
    return np.ascontiguousarray(picture[:, ::-1])


def from_the_back(picture: NDArray[np.uint8], at_s: float) -> NDArray[np.uint8]:
    """The other dancer is in front: dark for light."""
    return 255 - picture


def with_titles(picture: NDArray[np.uint8], at_s: float) -> NDArray[np.uint8]:
    """Show a title over the feet for the first four seconds."""
    if at_s < 4:
        picture[78:88, 5:70] = 240
        picture[80:86, 10:40:3] = 0
    return picture


def starting_late(picture: NDArray[np.uint8], at_s: float) -> NDArray[np.uint8]:
    """Stand still for two bars."""
    return dance_picture(0.0) if at_s < START_S + 8 * PERIOD_S else picture


def dance_picture(at_s: float) -> NDArray[np.uint8]:
    """Two dark legs on a grey floor, which step to and fro with the first bar at START_S."""
    beats = max(0.0, (at_s - START_S) / PERIOD_S + 0.25)
    whole, part = int(beats), min(1.0, 2 * (beats % 1))
    travelled = sum(STEP_PX[count % 4] for count in range(whole)) + part * STEP_PX[whole % 4]
    left = 40 + int(abs((travelled + 40) % 80 - 40))
    picture = np.full((90, 160, 3), 120, np.uint8)
    picture[52:90, left : left + 6] = picture[52:90, left + 12 : left + 18] = 20
    return picture


def motion_of(change: Change) -> ClipMotion:
    meter = MotionMeter()
    for index in range(int(FRAMES_PER_S * (START_S + N_BEATS * PERIOD_S))):
        at_s = index / FRAMES_PER_S
        picture = change(dance_picture(at_s), at_s)
        meter.add(av.VideoFrame.from_ndarray(picture, format="rgb24"), at_s=at_s)
    return meter.read()


def counted() -> ClipBeats:
    """Beats that nothing is heard of: only the picture tells the bars."""
    beats_s = tuple((START_S + PERIOD_S * np.arange(N_BEATS)).tolist())
    return ClipBeats(beats_s=beats_s, tempo_bpm=120.0, source="annotated")


@pytest.mark.parametrize("change", [as_filmed, mirrored, from_the_back, with_titles, starting_late])
def test_the_still_tap_is_seen_however_it_was_filmed(change: Change) -> None:
    assert find_one(counted(), motion_of(change)).beat == 0


def test_a_clip_without_sound_is_counted_from_its_noted_tempo_and_marked_unsure() -> None:
    beats = find_clip_beats(None, RATE_HZ, 120.0)
    assert beats.source == "annotated"
    assert find_one(beats, ClipMotion()).source == "unsure"


def test_a_clip_without_sound_or_noted_tempo_is_refused() -> None:
    with pytest.raises(UnusableAudio, match="No beat can be heard"):
        find_clip_beats(None, RATE_HZ, None)


def bar_of(signal: NDArray[np.float32]) -> float:
    """Where the first bar begins, in seconds, from one bar to the next."""
    beats = find_clip_beats(signal, RATE_HZ, 120.0)
    return beats.beats_s[find_one(beats, ClipMotion()).beat] % (4 * PERIOD_S)


def test_a_voice_that_counts_over_the_music_changes_nothing() -> None:
    signal = a_sound(first_count=0)
    voice = speech(len(signal) / RATE_HZ)[: len(signal)]
    louder = (signal + 0.6 * voice * np.abs(signal).max() / np.abs(voice).max()).astype(np.float32)
    assert bar_of(louder) == pytest.approx(bar_of(signal), abs=0.06)


def test_another_song_over_it_gives_one_of_both_beats_and_never_a_crash() -> None:
    one = a_sound(first_count=0)
    other = np.interp(np.arange(len(one)) * 1.13, np.arange(len(one)), a_sound(first_count=2))
    beats = find_clip_beats((one + other).astype(np.float32), RATE_HZ, 120.0)
    assert any(abs(beats.tempo_bpm / bpm - 1) < 0.04 for bpm in (120, 120 * 1.13))
    assert find_one(beats, ClipMotion()).source in {"analysed", "unsure"}


def test_applause_over_a_clip_is_counted_by_its_noted_tempo() -> None:
    beats = find_clip_beats(noise(9.0), RATE_HZ, 118.0)
    assert (beats.source, beats.tempo_bpm) == ("annotated", 118.0)


def test_a_library_of_one_clip_dances_the_whole_song_and_says_that_it_repeats() -> None:
    song = a_song(n_beats=64)
    made = plan(song, [a_clip("only", n_beats=18)], Wishes(difficulty="beginner"), seed=1)
    assert made.moves[-1].end_s == song.duration_s
    assert "clip_twice" in made.relaxed


def test_a_library_of_rooms_of_one_clip_each_is_danced_whole() -> None:
    clips = [a_clip(f"c{i}", n_beats=18, one=i % 3, room=f"c{i}", scene=f"c{i}") for i in range(5)]
    made = plan(a_song(n_beats=96), clips, Wishes(difficulty="beginner"), seed=1)
    assert {move.clip.room for move in made.moves} == {f"c{i}" for i in range(5)}
    assert {move.eights for move in made.moves} == {2}
