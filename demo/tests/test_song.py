"""The demo song keeps what its score promises: beats, the one, sections, loudness."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import lfilter, resample_poly

from demo.contract import DemoSong
from demo.song import ensure_song
from engine.audio.analysis import analyse
from engine.audio.decoding import ANALYSIS_RATE_HZ, decode_mono

RATE_HZ = 44_100


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> DemoSong:
    """The song, made once."""
    return ensure_song(tmp_path_factory.mktemp("song"))


@pytest.fixture(scope="module")
def samples(song: DemoSong) -> NDArray[np.float64]:
    """Its decoded samples, shape (n, 2)."""
    with av.open(str(song.path)) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.codec_context.layout.name) == (RATE_HZ, "stereo")
        frames = [frame.to_ndarray() for frame in container.decode(stream)]
    return np.concatenate(frames, axis=1).reshape(-1, 2) / 32768.0


def level_db(samples: NDArray[np.float64]) -> float:
    """Root mean square in decibels of full scale."""
    return float(10 * np.log10(np.mean(samples**2)))


def stretch(samples: NDArray[np.float64], start_s: float, end_s: float) -> NDArray[np.float64]:
    """The samples between two times."""
    return samples[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]


def rise(steep: NDArray[np.float64], at_s: float) -> float:
    """How much more energy lies in the 20 ms after a time than in the 20 ms before it."""
    after = np.mean(stretch(steep, at_s, at_s + 0.02) ** 2)
    before = np.mean(stretch(steep, at_s - 0.022, at_s - 0.002) ** 2)
    return float(after / (before + 1e-9))


def biquad(kind: str, hertz: float, quality: float, gain_db: float = 0.0) -> list[list[float]]:
    """Numerator and denominator of a second-order section at ``RATE_HZ``."""
    k, v = np.tan(np.pi * hertz / RATE_HZ), 10 ** (gain_db / 20)
    a0 = 1 + k / quality + k * k
    poles = [1.0, 2 * (k * k - 1) / a0, (1 - k / quality + k * k) / a0]
    if kind == "high pass":
        return [[1.0, -2.0, 1.0], poles]
    b = v**0.4996667741545416
    zeros = [v + b * k / quality + k * k, 2 * (k * k - v), v - b * k / quality + k * k]
    return [[zero / a0 for zero in zeros], poles]


def loudness_lufs(samples: NDArray[np.float64]) -> float:
    """Integrated loudness by ITU-R BS.1770-4; the filters by their analogue prototypes."""
    shelf = biquad("shelf", 1681.974450955533, 0.7071752369554196, 3.999843853973347)
    high_pass = biquad("high pass", 38.13547087602444, 0.5003270373238773)
    weighted = lfilter(*high_pass, lfilter(*shelf, samples, axis=0), axis=0)
    hop = round(0.1 * RATE_HZ)
    power = np.add.reduceat((weighted**2).sum(axis=1), np.arange(0, len(weighted), hop)) / hop
    blocks = np.convolve(power[:-1], np.ones(4) / 4, mode="valid")
    blocks = blocks[-0.691 + 10 * np.log10(blocks + 1e-12) > -70]
    gate = 10 * np.log10(blocks.mean()) - 10
    return float(-0.691 + 10 * np.log10(blocks[10 * np.log10(blocks) > gate].mean()))


def test_a_full_sine_has_the_loudness_the_recommendation_states() -> None:
    sine = np.sin(2 * np.pi * 997 * np.arange(5 * RATE_HZ) / RATE_HZ)
    assert loudness_lufs(sine[:, None]) == pytest.approx(-3.01, abs=0.05)


def test_the_file_lasts_as_long_as_stated(song: DemoSong, samples: NDArray[np.float64]) -> None:
    assert 64.0 <= song.duration_s <= 96.0
    assert len(samples) / RATE_HZ == pytest.approx(song.duration_s, abs=1e-4)


def test_the_beats_are_spaced_by_the_tempo(song: DemoSong) -> None:
    assert song.tempo_bpm == 125.0
    assert np.diff(song.beats_s) == pytest.approx(60 / song.tempo_bpm, abs=1e-9)


def test_every_beat_is_a_stroke(song: DemoSong, samples: NDArray[np.float64]) -> None:
    steep = np.diff(samples.mean(axis=1), prepend=0.0)
    rises = [rise(steep, beat_s) for beat_s in song.beats_s]
    between = [rise(steep, beat_s + 0.36 * 60 / song.tempo_bpm) for beat_s in song.beats_s]
    assert min(rises) > 2.0
    assert np.median(between) < 1.3


def test_the_loudness_is_that_of_a_streaming_service(samples: NDArray[np.float64]) -> None:
    assert loudness_lufs(samples) == pytest.approx(-14.0, abs=0.3)
    crest_db = 20 * np.log10(np.max(np.abs(samples))) - level_db(samples)
    assert crest_db > 12.0


def test_no_peak_clips_not_even_between_the_samples(samples: NDArray[np.float64]) -> None:
    # four times the samples, as ITU-R BS.1770-4 annex 2 reads true peaks
    between = resample_poly(samples, 4, 1, axis=0)
    assert 20 * np.log10(np.max(np.abs(between))) <= -1.0


def test_there_is_no_offset_and_the_ends_are_silent(samples: NDArray[np.float64]) -> None:
    assert np.abs(samples.mean(axis=0)).max() < 1e-4
    for end in (samples[: RATE_HZ // 10], samples[-RATE_HZ // 100 :]):
        assert level_db(end + 1e-9) < -60


def test_sections_touch_and_start_on_a_one(song: DemoSong) -> None:
    starts = [section.start_s for section in song.sections]
    ones = song.beats_s[song.first_one :: 8]
    assert starts[1:] == [section.end_s for section in song.sections][:-1]
    assert all(min(abs(start - one) for one in ones) < 1e-9 for start in starts)
    labels = [section.label for section in song.sections]
    assert labels == ["intro", "verse", "chorus", "verse", "chorus", "outro"]


def test_a_chorus_is_louder_than_a_verse_and_a_verse_than_the_ends(
    song: DemoSong, samples: NDArray[np.float64]
) -> None:
    levels: dict[str, list[float]] = {"low": [], "medium": [], "high": []}
    for section in song.sections:
        levels[section.energy].append(level_db(stretch(samples, section.start_s, section.end_s)))
    assert min(levels["high"]) > max(levels["medium"]) + 2.0
    assert min(levels["medium"]) > max(levels["low"]) + 1.0


def test_sections_of_one_label_sound_alike(song: DemoSong, samples: NDArray[np.float64]) -> None:
    first, second = (
        stretch(samples, s.start_s + 0.5, s.end_s - 0.5).ravel()
        for s in song.sections
        if s.label == "verse"
    )
    count = min(len(first), len(second))
    assert np.corrcoef(first[:count], second[:count])[0, 1] > 0.5


@pytest.mark.parametrize("cut", range(8))
def test_the_one_is_found_wherever_the_song_is_begun(song: DemoSong, cut: int) -> None:
    signal = decode_mono(song.path)
    start_s = song.beats_s[cut] - 0.1
    found = analyse(signal[round(start_s * ANALYSIS_RATE_HZ) :], sample_rate_hz=ANALYSIS_RATE_HZ)
    one_s = found.beats_s[found.first_one] + start_s
    assert min(abs(one_s - np.array(song.beats_s[song.first_one :: 8]))) < 0.01


def test_its_structure_is_found_as_it_is_written(song: DemoSong) -> None:
    found = analyse(decode_mono(song.path), sample_rate_hz=ANALYSIS_RATE_HZ)
    assert found.tempo_bpm == pytest.approx(song.tempo_bpm, abs=0.1)
    assert found.beats_s[: len(song.beats_s)] == pytest.approx(song.beats_s, abs=0.01)
    assert "".join(section.label for section in found.sections) == "ABCBCD"
    starts_s = [section.start_s for section in found.sections]
    assert starts_s[1:] == pytest.approx([s.start_s for s in song.sections[1:]], abs=0.01)
    assert [s.energy for s in found.sections] == [s.energy for s in song.sections]


def test_asking_twice_makes_the_song_once(song: DemoSong) -> None:
    before = song.path.stat()
    assert ensure_song(song.path.parent) == song
    after = song.path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_the_song_is_the_same_every_time(song: DemoSong, tmp_path: Path) -> None:
    again = ensure_song(tmp_path)
    assert again.path.read_bytes() == song.path.read_bytes()


def test_what_a_killed_maker_left_is_cleared(tmp_path: Path) -> None:
    half = tmp_path / ".noche_de_papel_old.flac.part"
    half.write_bytes(b"half a song")
    made = ensure_song(tmp_path)
    assert not half.exists()
    assert made.path.exists()
