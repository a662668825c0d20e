"""Fits the chapter model, prints its constants: `python -m benchmarks.fit_chapters --models DIR`.

`benchmarks.publishing_chapters` fits with it too: halves and shows by the weights of the others.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.chapter_data import Item, KeptVectors, find_chapter_data, read_items
from pmagent.publish.chapters import model as chapter_model
from pmagent.publish.chapters.features import measure
from pmagent.publish.chapters.find import FIRST_WORDS, LAST_WORDS
from pmagent.publish.chapters.pieces import embed_pieces, lay_out

Floats = NDArray[np.float64]
SPARED = 3
"""Turns around a mark that count as neither: people disagree by so much."""
L2 = 3.0
COUNT_L2 = 1.0
COUNT_FACTOR = 1.2
"""A mean of logarithms lies below the mean; too many marks cost a person less than too few."""
LEXICAL = (
    "late", "lwpt", "lnspk", "cue", "strong", "prevstrong", "so", "qtail", "host", "short",
    "len", "fut4", "lex250", "lex500", "deplex", "nov250", "onset", "spk250",
)  # fmt: skip
ALL = [
    *(name for name in LEXICAL if name != "deplex"),
    "sim200",
    "sim800",
    "dep200",
    "dep400",
    "dp500",
    "dp2000",
]


@dataclass(frozen=True)
class Row:
    """One transcript, measured."""

    item: Item
    told: dict[str, Floats]
    is_mark: Floats
    may: NDArray[np.bool_]
    words: int


@dataclass(frozen=True)
class Model:
    """What is fitted."""

    weights: dict[str, float]
    count: tuple[float, float, float]


def measure_all(items: Sequence[Item], vectors: KeptVectors) -> list[Row]:
    """Every transcript as numbers, which takes the time."""
    rows: list[Row] = []
    for item in items:
        layout = lay_out(item.transcript.turns)
        told = measure(layout, embed_pieces(layout, vectors))
        begins = np.array([item.turn_at(turn.first_line) for turn in item.transcript.turns])
        is_mark = np.zeros(len(begins))
        for mark in item.gold["boundaries"]:
            is_mark[max(0, int(np.searchsorted(begins, mark, side="right")) - 1)] = 1.0
        here, words = layout.starts[:-1], int(layout.starts[-1])
        may = (here >= FIRST_WORDS) & (words - here >= LAST_WORDS)
        rows.append(Row(item, told, is_mark, may, words))
    return rows


def fit(rows: Sequence[Row], names: Sequence[str]) -> Model:
    """The weights and the count that some transcripts teach."""
    inputs, marks = [], []
    for row in rows:
        spared = np.zeros(len(row.is_mark), bool)
        for place in np.flatnonzero(row.is_mark):
            spared[max(0, place - SPARED) : place + SPARED + 1] = True
        kept = row.may & (~spared | (row.is_mark > 0))
        inputs.append(np.stack([row.told[name] for name in names], axis=1)[kept])
        marks.append(row.is_mark[kept])
    fitted = _logistic(np.concatenate(inputs), np.concatenate(marks))
    weights = {
        name: round(float(value), 3) for name, value in zip(["bias", *names], fitted, strict=True)
    }
    return Model(weights, _count(rows, weights))


def _logistic(inputs: Floats, marks: Floats) -> Floats:
    """Newton's method with halved steps."""
    design = np.column_stack([np.ones(len(inputs)), inputs])
    penalty = np.full(design.shape[1], L2)
    penalty[0] = 1e-6
    weights = np.zeros(design.shape[1])
    weights[0] = -4.0

    def loss(tried: Floats) -> float:
        logits = design @ tried
        loss = (np.logaddexp(0, logits) - marks * logits).sum()
        return float(loss + (penalty * tried**2).sum() / 2)

    current = loss(weights)
    while True:
        likely = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (marks - likely) - penalty * weights
        curve = (design * (likely * (1 - likely))[:, np.newaxis]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        while loss(weights + step) > current and np.abs(step).max() > 1e-9:
            step /= 2
        weights = weights + step
        if current - (current := loss(weights)) < 1e-6:
            return weights


def _count(rows: Sequence[Row], weights: dict[str, float]) -> tuple[float, float, float]:
    inputs, wanted = [], []
    for row in rows:
        inputs.append([1.0, np.log(_likely(row, weights).sum()), np.log(row.words / 8_000)])
        wanted.append(np.log(len(row.item.gold["boundaries"])))
    design = np.array(inputs)
    fitted = np.linalg.solve(design.T @ design + COUNT_L2 * np.eye(3), design.T @ np.array(wanted))
    bias, by_sum, by_words = (float(value) for value in fitted)
    return round(bias + float(np.log(COUNT_FACTOR)), 3), round(by_sum, 3), round(by_words, 3)


def _likely(row: Row, weights: dict[str, float]) -> Floats:
    logits = weights["bias"] + sum(
        (row.told[name] * weight for name, weight in weights.items() if name != "bias"),
        start=np.zeros(len(row.may)),
    )
    return np.where(row.may, 1 / (1 + np.exp(-logits)), 0.0)


def use(full: Model, lexical: Model) -> None:
    """Let the product's code predict with these."""
    chapter_model.WEIGHTS, chapter_model.COUNT = full.weights, full.count
    chapter_model.LEXICAL_WEIGHTS, chapter_model.LEXICAL_COUNT = lexical.weights, lexical.count


def cross_fit(
    rows: Sequence[Row], part_of: Callable[[Row], int | str], then: Callable[[Sequence[Row]], None]
) -> None:
    """For each part: fit on all others, then hand the part over."""
    for part in sorted({part_of(row) for row in rows}, key=str):
        others = [row for row in rows if part_of(row) != part]
        use(fit(others, ALL), fit(others, LEXICAL))
        then([row for row in rows if part_of(row) == part])


def main() -> None:
    """Print the constants of `pmagent/publish/chapters/model.py`."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--models", type=Path, required=True, help="where the embedder is kept")
    options.add_argument("--kept", type=Path, help="keep vectors in this .npz")
    chosen = options.parse_args()
    items = read_items(find_chapter_data()[0])
    vectors = KeptVectors(chosen.models, chosen.kept)
    rows = measure_all(items, vectors)
    vectors.keep()
    full, lexical = fit(rows, ALL), fit(rows, LEXICAL)
    for name, model in (("", full), ("LEXICAL_", lexical)):
        lines = "".join(f'    "{key}": {value},\n' for key, value in model.weights.items())
        print(f"{name}WEIGHTS: Mapping[str, float] = {{\n{lines}}}")
        print(f"{name}COUNT: tuple[float, float, float] = {model.count}")


if __name__ == "__main__":
    main()
