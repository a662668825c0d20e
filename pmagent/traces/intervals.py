"""How sure a number is: 95 % intervals of shares, and of anything else by resampling. Pure.

The resampling draws from a fixed seed, so that the same numbers always have the same interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Z = 1.959963984540054
"""The 97.5th percentile of the normal distribution: two sides at 95 %."""
RESAMPLES = 1_000
SEED = 20_261_123
_AT_ONCE = 1_000_000
"""Numbers drawn in one piece: 8 MB."""

Draws: TypeAlias = NDArray[np.int64]
"""Places in a sample, one resample a row: shape (resamples, n)."""
Values: TypeAlias = NDArray[np.float64]


def wilson(count: int, n: int) -> tuple[float, float]:
    """The two-sided 95 % score interval of a share (E. B. Wilson, JASA 1927); n is positive."""
    share = count / n
    centre = share + Z * Z / (2 * n)
    half = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return max((centre - half) / scale, 0.0), min((centre + half) / scale, 1.0)


def of_mean(sample: Sequence[float]) -> tuple[float, float]:
    """The interval of the mean."""
    values = np.asarray(sample, dtype=np.float64)
    return bootstrap(len(sample), lambda drawn: values[drawn].mean(axis=1))


def of_quantile(sample: Sequence[float], share: float) -> tuple[float, float]:
    """The interval of a quantile, as `quantile` takes it."""
    values = np.asarray(sample, dtype=np.float64)
    return bootstrap(len(sample), lambda drawn: np.quantile(values[drawn], share, axis=1))


def of_ratio(above: Sequence[float], below: Sequence[float]) -> tuple[float, float]:
    """The interval of sum(above) ÷ sum(below), of pairs that were seen together.

    Its upper end is infinite where many resamples have nothing below.
    """
    tops, bottoms = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)

    def ratio(drawn: Draws) -> Values:
        top, bottom = tops[drawn].sum(axis=1), bottoms[drawn].sum(axis=1)
        found = np.full(len(top), np.inf)
        np.divide(top, bottom, out=found, where=bottom > 0)
        return found

    return bootstrap(len(above), ratio)


def quantile(sample: Sequence[float], share: float) -> float:
    """Between the two values at either side, in proportion (Hyndman and Fan's type 7)."""
    ordered = sorted(sample)
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def bootstrap(n: int, statistic: Callable[[Draws], Values]) -> tuple[float, float]:
    """The 2.5th and the 97.5th percentile of a statistic over resamples (B. Efron, 1979)."""
    # The one generator of NumPy whose numbers are promised to stay the same in every release.
    random = np.random.RandomState(SEED)
    rows = max(_AT_ONCE // n, 1)
    found: list[float] = []
    while len(found) < RESAMPLES:
        count = min(rows, RESAMPLES - len(found))
        drawn = (random.random_sample((count, n)) * n).astype(np.int64)
        found.extend(float(value) for value in statistic(drawn))
    return _nearest(found, 0.025), _nearest(found, 0.975)


def _nearest(found: list[float], share: float) -> float:
    """The value at that place, which may be infinite: nothing is reckoned between two."""
    return sorted(found)[round((len(found) - 1) * share)]
