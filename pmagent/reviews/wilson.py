"""Bounds of a share by Wilson's score interval (E. B. Wilson, JASA 1927), one-sided at 95 %. Pure.

Counts may be fractions: old evidence and simulations weigh less than one each.
"""

from __future__ import annotations

import math

Z95 = 1.6448536269514722
"""The 95th percentile of the standard normal distribution."""


def lower_bound(agreed: float, reviews: float, *, z: float = Z95) -> float:
    """What the true share is at least, with 95 % confidence; 0 without reviews."""
    return _bound(agreed, reviews, z, -1)


def upper_bound(agreed: float, reviews: float, *, z: float = Z95) -> float:
    """What the true share is at most, with 95 % confidence; 1 without reviews."""
    return _bound(agreed, reviews, z, 1)


def _bound(agreed: float, reviews: float, z: float, sign: int) -> float:
    if reviews <= 0:
        return 0.0 if sign < 0 else 1.0
    share = min(max(agreed / reviews, 0.0), 1.0)
    middle = share + z * z / (2 * reviews)
    half = z * math.sqrt(share * (1 - share) / reviews + z * z / (4 * reviews * reviews))
    return min(max((middle + sign * half) / (1 + z * z / reviews), 0.0), 1.0)
