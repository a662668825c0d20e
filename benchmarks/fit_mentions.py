"""Fit what speaks for a mention, and print the constants: `python -m benchmarks.fit_mentions`.

Every name of every episode is a row; it counts as worth a link where it agrees with any link of the
human notes. The same rows are given a second time without their archive, at a lower weight. Each
half is scored by what was fitted on the other, then all of it is fitted once for the constants.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import find_data
from benchmarks.publishing_mentions import Episode, archive_of, load_episodes, score_lists, show_row
from pmagent.publish.mentions.cast import cast_of
from pmagent.publish.mentions.find import distinct, ground_of, names_in
from pmagent.publish.mentions.groups import Group
from pmagent.publish.mentions.signs import signs_of
from pmagent.publish.source import read_source
from pmagent.types.insights import Archive

ARCHIVE_SIGNS = ("said beside", "said elsewhere", "rare")
WITH, WITHOUT = 0.7, 0.3
"""Weight of a row with its archive, and without."""
RIDGE = 5.0
ROUNDS = 30
CLOSE = 1e-8

Matrix = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The names of one episode as numbers."""

    groups: tuple[Group, ...]
    signs: Matrix
    """(names, signs + 1), with a leading 1."""
    blind: Matrix
    """The same without what the archive says."""
    is_linked: Matrix


def main() -> None:
    """Print both halves, then the constants."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home", type=Path, help="a home whose garden/ is indexed already")
    home = options.parse_args().home
    data = find_data()
    episodes = load_episodes(data)
    with archive_of(data, home) as archive:
        rows = [read_rows(archive, episode) for episode in episodes]
        names = sign_names(archive, episodes[0])
    for title in ("signs", "blind"):
        for half in (0, 1):
            learned = [row for row, one in zip(rows, episodes, strict=True) if one.half != half]
            weights = fit(learned)
            tested = [
                (row, one) for row, one in zip(rows, episodes, strict=True) if one.half == half
            ]
            lists = [
                texts_of(row, np.dot(row.signs if title == "signs" else row.blind, weights))
                for row, _ in tested
            ]
            numbers = score_lists(data, [one for _, one in tested], lists)
            show_row(f"{title}, half {half}, fitted on the other", numbers)
    weights = fit(rows)
    print(f"\nBIAS = {weights[0]:.2f}\nWEIGHTS = {{")
    for name, weight in zip(names, weights[1:], strict=True):
        print(f'    "{name}": {weight:.2f},')
    print("}")


def read_rows(archive: Archive, episode: Episode) -> Rows:
    """The names of one episode, and which of them people linked."""
    source = read_source(archive, episode.path)
    ground = ground_of(source)
    groups = tuple(names_in(ground, cast_of(source)))
    signs = [signs_of(group, ground) for group in groups]
    full = np.array([[1.0, *one.values()] for one in signs])
    blind = np.array([
        [1.0, *(0.0 if name in ARCHIVE_SIGNS else one[name] for name in one)] for one in signs
    ])
    linked = [float(any(agrees(link, group.text) for link in episode.links)) for group in groups]
    return Rows(groups=groups, signs=full, blind=blind, is_linked=np.array(linked))


def sign_names(archive: Archive, episode: Episode) -> list[str]:
    """What the columns are called."""
    source = read_source(archive, episode.path)
    ground = ground_of(source)
    return list(signs_of(names_in(ground, cast_of(source))[0], ground))


def agrees(one: str, other: str) -> bool:
    """Whether two texts agree as the scorer has it: equal, or one within the other as words."""
    left, right = (" ".join(re.findall(r"[a-z0-9]+", text.lower())) for text in (one, other))
    if not left or not right:
        return False
    is_within = f" {left} " in f" {right} " or f" {right} " in f" {left} "
    return left == right or (min(len(left), len(right)) >= 4 and is_within)


def texts_of(rows: Rows, scores: Matrix) -> list[str]:
    """The first thirty mentions by these scores."""
    order = np.argsort(-scores, kind="stable")
    ranked = [(float(scores[place]), rows.groups[int(place)]) for place in order]
    return [group.text for _, group in distinct(ranked, 30)]


def fit(rows: Sequence[Rows]) -> Matrix:
    """Weights of a ridge logistic regression, by Newton's method; the first is the bias."""
    table = np.vstack([row.signs for row in rows] + [row.blind for row in rows])
    linked = np.concatenate([row.is_linked for row in rows] * 2)
    half = len(linked) // 2
    worth = np.concatenate([np.full(half, WITH), np.full(half, WITHOUT)])
    spread = np.asarray(table.std(axis=0), dtype=np.float64)
    spread[spread == 0] = 1.0
    table = table / spread
    penalty = np.full(table.shape[1], RIDGE)
    penalty[0] = 1e-9
    weights = np.zeros(table.shape[1], dtype=np.float64)
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.dot(table, weights)))
        slope = np.dot(table.T, worth * (chance - linked)) + penalty * weights
        bend = np.asarray(worth * chance * (1 - chance), dtype=np.float64)
        curve = np.dot((table * bend[:, None]).T, table) + np.diag(penalty)
        step = np.asarray(np.linalg.solve(curve, slope), dtype=np.float64)
        weights = weights - step
        if float(np.abs(step).max()) < CLOSE:
            break
    return weights / spread


if __name__ == "__main__":
    main()
