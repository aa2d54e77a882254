"""Smooth curves through given values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

type Values = NDArray[np.float64]


def monotone_cubic(values: Values, places: Values) -> Values:
    """Interpolate values given at 0, 1, 2, … without ever overshooting them.

    Parameters
    ----------
    values : ndarray, shape (n,)
        At least two.
    places : ndarray
        In [0, n - 1].

    Notes
    -----
    Source: Fritsch and Butland (1984); equal to ``scipy.interpolate.PchipInterpolator`` inside
    and flat at both ends. Written out because importing SciPy's costs each worker half a second.
    """
    steps = np.diff(values)
    slopes = np.zeros_like(values)
    both = steps[:-1] * steps[1:]
    total = np.where(both > 0, steps[:-1] + steps[1:], 1.0)
    slopes[1:-1] = np.where(both > 0, 2 * both / total, 0.0)
    left = np.clip(np.floor(places).astype(np.int64), 0, len(values) - 2)
    share = places - left
    rest = 1.0 - share
    return np.asarray(
        (1 + 2 * share) * rest**2 * values[left]
        + share * rest**2 * slopes[left]
        + share**2 * (3 - 2 * share) * values[left + 1]
        - share**2 * rest * slopes[left + 1]
    )


def smoothed(values: Values, width: float) -> Values:
    """Blur a row of values with a Gaussian of ``width`` samples, its ends held."""
    reach = int(4 * width + 1)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    return np.convolve(np.pad(values, reach, mode="edge"), bell / bell.sum(), "valid")
