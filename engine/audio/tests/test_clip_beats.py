"""A clip's beats come from its sound, else from its annotation, else it is refused."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from engine.audio.clip_beats import find_beats_by_sound
from engine.contract import UnusableClip


def a_recording(path: Path, *, tempo_bpm: float = 125.0, length_s: float = 10.0) -> Path:
    """A clip that clicks, first after 0.2 s; silent when the tempo is 0."""
    rate_hz = 22_050
    signal = np.zeros(round(length_s * rate_hz))
    click = np.exp(-np.arange(900) / 120) * np.sin(np.arange(900) * 0.3)
    beats = np.arange(0.2, length_s - 0.1, 60 / tempo_bpm) if tempo_bpm else []
    for beat_s in beats:
        start = round(beat_s * rate_hz)
        signal[start : start + 900] += click
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate_hz, 0, "NONE", ""))
        file.writeframes((signal * 20_000).astype("<i2").tobytes())
    return path


@pytest.mark.parametrize("annotated", [None, 110.0])
def test_the_sound_goes_first(tmp_path: Path, annotated: float | None) -> None:
    clip = a_recording(tmp_path / "clip.wav", tempo_bpm=125)
    found = find_beats_by_sound(clip, annotated_tempo_bpm=annotated)
    assert (found.source, found.tempo_bpm) == ("sound", pytest.approx(125, abs=1))
    np.testing.assert_allclose(found.beats_s[:12], 0.2 + 0.48 * np.arange(12), atol=0.02)


def test_a_silent_clip_is_counted_by_its_annotation(tmp_path: Path) -> None:
    clip = a_recording(tmp_path / "clip.wav", tempo_bpm=0)
    found = find_beats_by_sound(clip, annotated_tempo_bpm=100)
    assert (found.source, found.tempo_bpm) == ("annotated", 100)
    assert found.beats_s[:3] == pytest.approx((0, 0.6, 1.2))


def refusal(clip: Path, *, tempo_bpm: float | None = None) -> str:
    with pytest.raises(UnusableClip) as refused:
        find_beats_by_sound(clip, annotated_tempo_bpm=tempo_bpm)
    return refused.value.code


def test_a_silent_clip_without_a_tempo_is_refused(tmp_path: Path) -> None:
    assert refusal(a_recording(tmp_path / "clip.wav", tempo_bpm=0)) == "clip_untimed"


def test_a_clip_too_short_or_too_long_is_refused(tmp_path: Path) -> None:
    short = a_recording(tmp_path / "short.wav", length_s=1.0)
    long = a_recording(tmp_path / "long.wav", length_s=125.0)
    assert refusal(short, tempo_bpm=120) == "clip_too_short"
    assert refusal(long, tempo_bpm=120) == "clip_too_long"


@pytest.mark.parametrize("content", [b"", b"not a video at all", b"#EXTM3U\nhttp://x/\n"])
def test_what_is_no_video_is_refused_even_with_a_tempo(tmp_path: Path, content: bytes) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(content)
    assert refusal(clip, tempo_bpm=120) == "clip_corrupt"
