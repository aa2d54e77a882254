"""What a signal sounds like over time: short spectra boiled down to what the analysis needs.

Plain numpy on purpose: librosa computes the same, but in a fresh process its imports (numba,
scipy.signal, scipy.stats) cost 4 to 6 s, more than the whole analysis of a song. The tests
hold these functions against librosa's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

HOP_S = 128 / 22_050
ONSET_WINDOW_S = 512 / 22_050
CHROMA_WINDOW_S = 8192 / 22_050
CHROMA_HOP_S = 2048 / 22_050
N_MEL_BANDS = 40
LOW_ONSET_HZ = 200.0
CHROMA_HZ = (60.0, 2000.0)
BASS_CHROMA_HZ = (38.0, 260.0)
COMPRESSION = 1_000.0
BLOCK_SAMPLES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpectralFeatures:
    """A signal's spectral course.

    Attributes
    ----------
    hop_s : float
        Seconds from one frame of ``bands`` to the next; frame ``i`` is centred on ``i * hop_s``.
    bands : ndarray, shape (n_frames, N_BANDS), float32
        Log-compressed power in mel bands.
    onsets, low_onsets : ndarray, shape (n_frames,), float32
        How strongly something begins, over all bands and below ``LOW_BAND_HZ``.
    level : ndarray, shape (n_frames,), float32
        Root mean square of the signal in the frame.
    chroma_hop_s : float
        Seconds from one frame of ``chroma`` to the next.
    chroma : ndarray, shape (n_chroma_frames, 12), float32
        Share of each pitch class, C first; rows sum to 1, or 0 in silence.
    bass_chroma : ndarray, shape (n_chroma_frames, 12), float32
        The bass alone, as shares of the whole harmony.
    """

    hop_s: float
    mel_bands: NDArray[np.float32]
    onset_strength: NDArray[np.float32]
    low_onset_strength: NDArray[np.float32]
    level: NDArray[np.float32]
    chroma_hop_s: float
    chroma: NDArray[np.float32]
    bass_chroma: NDArray[np.float32]


def compute_features(signal: NDArray[np.float32], *, sample_rate_hz: int) -> SpectralFeatures:
    """Measure a mono signal.

    Parameters
    ----------
    signal : ndarray, shape (n_samples,), float32
        Mono samples.
    sample_rate_hz : int
        Samples per second, > 0.
    """
    hop = round(HOP_S * sample_rate_hz)
    window = round(ONSET_WINDOW_S * sample_rate_hz)
    filters = mel_filters(sample_rate_hz=sample_rate_hz, window=window, n_bands=N_MEL_BANDS)
    powers = np.concatenate(
        [block @ filters.T for block in _power_blocks(signal, window=window, hop=hop)]
    )
    level = np.sqrt(powers.sum(axis=1))
    mel_bands = np.log1p(COMPRESSION * powers / max(float(powers.max()), 1e-12))
    rises = np.zeros_like(mel_bands)
    # two hops back: one is less than the window's own rise
    rises[2:] = np.maximum(mel_bands[2:] - mel_bands[:-2], 0)
    centres_hz = filters @ np.linspace(0, sample_rate_hz / 2, window // 2 + 1) / filters.sum(axis=1)
    chroma_hop = round(CHROMA_HOP_S * sample_rate_hz)
    chroma, bass_chroma = _compute_chroma(signal, sample_rate_hz=sample_rate_hz, hop=chroma_hop)
    return SpectralFeatures(
        hop_s=hop / sample_rate_hz,
        mel_bands=mel_bands,
        onset_strength=np.asarray(rises.mean(axis=1), np.float32),
        low_onset_strength=np.asarray(rises[:, centres_hz < LOW_ONSET_HZ].mean(axis=1), np.float32),
        level=level,
        chroma_hop_s=chroma_hop / sample_rate_hz,
        chroma=chroma,
        bass_chroma=bass_chroma,
    )


def mel_filters(*, sample_rate_hz: int, window: int, n_bands: int) -> NDArray[np.float32]:
    """Triangular filters evenly spaced on the mel scale, each of area 1.

    Returns
    -------
    ndarray, shape (n_bands, window // 2 + 1), float32

    Notes
    -----
    Source: Slaney's Auditory Toolbox (1998), as ``librosa.filters.mel`` 0.11: linear below
    1 kHz, logarithmic above.
    """
    bins_hz = np.linspace(0, sample_rate_hz / 2, window // 2 + 1)
    edges_hz = _mel_to_hz(np.linspace(0, _hz_to_mel(sample_rate_hz / 2), n_bands + 2))
    low, centre, high = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    rising, falling = (bins_hz - low) / (centre - low), (high - bins_hz) / (high - centre)
    triangles = np.maximum(0, np.minimum(rising, falling)) * (2 / (high - low))
    return triangles.astype(np.float32)


def _hz_to_mel(hz: float) -> float:
    """Slaney's scale: 200/3 Hz per mel up to 1 kHz, then 27 mel per factor 6.4."""
    return 3 * hz / 200 if hz < 1000 else 15 + 27 * float(np.log(hz / 1000) / np.log(6.4))


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))


def _power_blocks(
    signal: NDArray[np.float32], *, window: int, hop: int
) -> Iterator[NDArray[np.float32]]:
    """Power spectra of centred frames, some at a time to bound the memory."""
    padded = np.pad(signal, (window // 2, window))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[: len(signal) : hop]
    shape = np.hanning(window + 1)[:-1].astype(np.float32)
    n_frames = max(1, BLOCK_SAMPLES // window)
    for start in range(0, len(frames), n_frames):
        spectrum = np.fft.rfft(frames[start : start + n_frames] * shape)
        yield (spectrum.real**2 + spectrum.imag**2).astype(np.float32)


def _compute_chroma(
    signal: NDArray[np.float32], *, sample_rate_hz: int, hop: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Share of the twelve pitch classes in the whole harmony, and in the bass."""
    window = round(CHROMA_WINDOW_S * sample_rate_hz)
    bins_hz = np.linspace(0, sample_rate_hz / 2, window // 2 + 1)
    # MIDI note 69 is 440 Hz; note 0 is a C
    classes = np.round(69 + 12 * np.log2(np.maximum(bins_hz, 1) / 440)).astype(int) % 12
    folds = np.zeros((len(bins_hz), 24), np.float32)
    for column, (low_hz, high_hz) in enumerate((CHROMA_HZ, BASS_CHROMA_HZ)):
        in_range = np.flatnonzero((bins_hz > low_hz) & (bins_hz < high_hz))
        folds[in_range, 12 * column + classes[in_range]] = 1
    blocks = _power_blocks(signal, window=window, hop=hop)
    n_bins = int(np.searchsorted(bins_hz, CHROMA_HZ[1]))
    rows = np.concatenate([np.sqrt(block[:, :n_bins]) @ folds[:n_bins] for block in blocks])
    sums = rows[:, :12].sum(axis=1, keepdims=True)
    shares = np.divide(rows, sums, out=np.zeros_like(rows), where=sums > 1e-6)
    return shares[:, :12], shares[:, 12:]
