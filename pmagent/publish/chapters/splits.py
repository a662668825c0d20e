"""The best ways to split a talk into stretches of one meaning each, and where they agree."""

from __future__ import annotations

import numpy as np

from pmagent.publish.chapters.pieces import Floats, Layout, Vectors

BLOCK_WORDS = 60
MOST_BLOCKS = 300
"""What bounds the cost: a talk of any length is split in so many blocks at most."""
FEWEST_WORDS = 350
"""Of a stretch, on average."""
AROUND = 0.25
"""Splits into so much fewer and more stretches vote too."""


def vote_splits(layout: Layout, vectors: Vectors, widths: tuple[int, ...]) -> tuple[Floats, ...]:
    """For each width in words, the share of the best splits of about that width with a mark here.

    A split is best that leaves the least squared distance of its blocks to their stretch's mean,
    found exactly. A turn near a mark has its share by how near it is, in blocks.
    """
    total = int(layout.starts[-1])
    size = max(BLOCK_WORDS, total / MOST_BLOCKS)
    count = max(1, int(total // size))
    edges = np.linspace(0, total, count + 1)
    pieces = np.searchsorted(vectors.starts, edges)
    rows = vectors.sums[pieces[1:]] - vectors.sums[pieces[:-1]]
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    most = max(2, min(int(total / FEWEST_WORDS), count // 2))
    wanted = [_numbers(total / width, most) for width in widths]
    marks = _best_splits(rows, min(max(map(max, wanted)), count))
    here = layout.starts[:-1].astype(np.float64)
    told: list[Floats] = []
    for numbers in wanted:
        known = [number for number in numbers if number <= len(marks)]
        votes = np.zeros(len(here))
        for number in known:
            votes += _nearness(here, edges[list(marks[number - 1])], total / count)
        told.append(votes / max(1, len(known)))
    return tuple(told)


def _numbers(middle: float, most: int) -> range:
    """Numbers of stretches around one, from 2."""
    reach = max(1.0, AROUND * middle)
    low = min(max(2, round(middle - reach)), most)
    return range(low, min(max(low, round(middle + reach)), most) + 1)


def _nearness(here: Floats, marks: Floats, block: float) -> Floats:
    """1 at a mark, falling to 0 one block away from it."""
    if not len(marks):
        return np.zeros(len(here))
    after = np.searchsorted(marks, here)
    ahead = marks[np.minimum(after, len(marks) - 1)]
    behind = marks[np.maximum(after - 1, 0)]
    gap = np.minimum(np.abs(ahead - here), np.abs(here - behind))
    return np.clip(1 - gap / block, 0, 1)


def _best_splits(rows: Floats, most: int) -> list[tuple[int, ...]]:
    """For 1 to `most` stretches the blocks at which all but the first begin."""
    count = len(rows)
    sums = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum(np.einsum("ij,ij->i", rows, rows))])
    gram = sums @ sums.T
    norms = np.diag(gram)
    lengths = np.arange(count + 1)[np.newaxis, :] - np.arange(count + 1)[:, np.newaxis]
    inside = norms[np.newaxis, :] + norms[:, np.newaxis] - 2 * gram
    cost = np.where(
        lengths > 0,
        squares[np.newaxis, :] - squares[:, np.newaxis] - inside / np.maximum(lengths, 1),
        np.inf,
    )
    best = cost[0].copy()
    froms: list[np.ndarray[tuple[int, ...], np.dtype[np.int64]]] = []
    splits: list[tuple[int, ...]] = [()]
    for _ in range(1, most):
        options = best[:, np.newaxis] + cost
        chosen = options.argmin(axis=0)
        best = options[chosen, np.arange(count + 1)]
        froms.append(chosen)
        marks: list[int] = []
        place = count
        for before in reversed(froms):
            place = int(before[place])
            marks.append(place)
        splits.append(tuple(reversed(marks)))
    return splits
