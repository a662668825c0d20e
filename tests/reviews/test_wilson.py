"""The bound that autonomy is earned by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.reviews.wilson import lower_bound, upper_bound

COUNTS = st.integers(min_value=1, max_value=400)


@pytest.mark.parametrize(
    ("target", "misses", "needed"),
    [(0.80, 0, 11), (0.90, 0, 25), (0.95, 0, 52), (0.80, 1, 20), (0.90, 1, 42), (0.95, 1, 87)],
)
def test_a_target_is_certain_after_as_many_reviews_as_the_design_says(
    target: float, misses: int, needed: int
) -> None:
    assert lower_bound(needed - misses, needed) >= target
    assert lower_bound(needed - 1 - misses, needed - 1) < target


def test_the_bounds_are_those_of_the_score_interval_computed_by_hand() -> None:
    # 8 of 10 with z = 1.6448536: (0.8 + 0.13527 ∓ 1.64485·√(0.016 + 0.00676386)) / 1.27055
    assert round(lower_bound(8, 10), 5) == 0.54079
    assert round(upper_bound(8, 10), 5) == 0.93144


def test_nothing_is_certain_without_reviews() -> None:
    assert (lower_bound(0, 0), upper_bound(0, 0)) == (0.0, 1.0)


@given(COUNTS, st.data())
def test_the_share_lies_between_its_bounds_and_another_agreement_raises_both(
    reviews: int, data: st.DataObject
) -> None:
    agreed = data.draw(st.integers(min_value=0, max_value=reviews))

    share = agreed / reviews
    assert lower_bound(agreed, reviews) <= share + 1e-12
    assert share - 1e-12 <= upper_bound(agreed, reviews)
    assert lower_bound(agreed + 1, reviews + 1) >= lower_bound(agreed, reviews)
    assert upper_bound(agreed + 1, reviews + 1) >= upper_bound(agreed, reviews) - 1e-12
