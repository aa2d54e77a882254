"""Spectral features of a signal: mel bands, onset strength, level and chroma.

Plain numpy on purpose: librosa computes the same, but in a fresh process its imports (numba,
scipy.signal, scipy.stats) cost 4 to 6 s, more than the whole analysis of a song. A test holds
the mel filters against librosa's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

# Every constant without another source was tuned on the 16 tuning songs of benchmarks/analysis.py.

HOP_S = 128 / 22_050
"""5.8 ms: beats are to be found to 10 ms."""

ONSET_WINDOW_S = 512 / 22_050
"""23 ms, four hops."""

CHROMA_WINDOW_S = 8192 / 22_050
"""372 ms: tells semitones apart from some 90 Hz on."""

CHROMA_HOP_S = 2048 / 22_050
"""93 ms, a quarter of the window."""

N_MEL_BANDS = 40
"""As many as Ellis (2007) computes his onset strength of."""

LOW_ONSET_HZ = 200.0
"""Centre below which a mel band is the bass's and the low drum's."""

CHROMA_HZ = (60.0, 2000.0)
"""Fundamentals and first overtones of chords, without the cymbals."""

BASS_CHROMA_HZ = (38.0, 260.0)
"""From below E1, a bass's lowest string, to C4."""

COMPRESSION = 1_000.0
"""Gamma of the compression log(1 + gamma x) of mel power (Klapuri, Eronen and Astola 2006)."""

BLOCK_SAMPLES = 1 << 20
"""Samples whose spectra are held at once: 4 MiB of windows."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpectralFeatures:
    """Features of a signal, frame by frame.

    Attributes
    ----------
    hop_s : float
        Seconds from one frame to the next; frame ``i`` is centred on ``i * hop_s``.
    mel_bands : ndarray, shape (n_frames, N_MEL_BANDS), float32
        Compressed power in mel bands, >= 0.
    onset_strength, low_onset_strength : ndarray, shape (n_frames,), float32
        Onset strength envelope, >= 0, over all bands and over those below ``LOW_ONSET_HZ``.
    level : ndarray, shape (n_frames,), float32
        Square root of the power in all mel bands, >= 0; its unit is the same throughout a signal.
    chroma_hop_s : float
        Seconds from one frame of ``chroma`` to the next.
    chroma : ndarray, shape (n_chroma_frames, 12), float32
        Share of each pitch class in the magnitude, C first; rows sum to 1, or 0 in silence.
    bass_chroma : ndarray, shape (n_chroma_frames, 12), float32
        The bass alone, as shares of the same whole.
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
    """Return the spectral features of a mono signal.

    Parameters
    ----------
    signal : ndarray, shape (n_samples,), float32
        Mono samples in [-1, 1], n_samples > 0.
    sample_rate_hz : int
        Samples per second, > 0; tested from 16 000 to 44 100.

    Returns
    -------
    SpectralFeatures

    Notes
    -----
    Onset strength: mean rise of compressed mel power, as in Ellis (2007) and
    ``librosa.onset.onset_strength`` 0.11.
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
    """Return triangular filters evenly spaced on the mel scale, each of area 1.

    Parameters
    ----------
    sample_rate_hz : int
        Samples per second, > 0; the filters reach up to half of it.
    window : int
        Samples per spectrum, even.
    n_bands : int
        Filters, > 0.

    Returns
    -------
    ndarray, shape (n_bands, window // 2 + 1), float32
        Weights in 1 / Hz, >= 0.

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
    """Return Slaney's mel: 200/3 Hz per mel up to 1 kHz, then 27 mel per factor 6.4."""
    return 3 * hz / 200 if hz < 1000 else 15 + 27 * float(np.log(hz / 1000) / np.log(6.4))


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the frequency of Slaney's mel."""
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))


def _power_blocks(
    signal: NDArray[np.float32], *, window: int, hop: int
) -> Iterator[NDArray[np.float32]]:
    """Yield power spectra of centred frames, some at a time to bound the memory."""
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
    """Return the chroma of all and of the bass, both as shares of all magnitude.

    Magnitudes are summed by the nearest pitch class (Fujishima 1999).
    """
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
