"""How near the chapters come to those people set: `python -m benchmarks.publishing_chapters`.

The product's own code reads each transcript as Markdown and marks it; the shared scorer judges.
Halves and shows are cross-fitted: no transcript is marked by weights it was fitted on. `shipped` is
in-sample, for comparison with the same weights on data kept apart.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from benchmarks.chapter_data import (
    Embed,
    Gold,
    Item,
    KeptVectors,
    find_chapter_data,
    half_of,
    read_items,
)
from benchmarks.fit_chapters import Row, cross_fit, measure_all
from pmagent.publish.chapters.find import find_chapters
from pmagent.publish.chapters.titles import title_chapters

TARGETS = (
    ("podcasts", "f1@30s", ">=", 0.53),
    ("podcasts", "pk", "<=", 0.35),
    ("podcasts", "count_error", "<=", 0.40),
    ("meetings", "f1@3turns", ">=", 0.26),
    ("podcasts", "top-2K", ">=", 0.82),
    ("all", "title_rougeL", ">=", 0.16),
)
MEASURES = (
    "f1@30s", "f1@3turns", "pk", "windowdiff", "count_error", "top-2K", "title_rougeL",
)  # fmt: skip
SOURCES = {"bitcointranscripts": "podcasts", "QMSum": "meetings"}
NEAR_TURNS = 3


@dataclass(frozen=True)
class Marked:
    """What was predicted for one transcript."""

    id: str
    boundaries: list[int]
    further: list[int]
    titles: list[str]

    def as_json(self) -> dict[str, object]:
        """As the scorer reads it."""
        return {"id": self.id, "boundaries": self.boundaries, "titles": self.titles}


def mark(item: Item, embed: Embed) -> Marked:
    """The product's chapters of one transcript, in turns of the data."""
    chapters, suggestions = find_chapters(item.transcript, embed=embed)
    titled = title_chapters(item.transcript, chapters, embed=embed)
    by_turn = {item.turn_at(chapter.start_line): chapter.title for chapter in titled[1:]}
    marks = sorted(by_turn)
    return Marked(
        id=item.gold["id"],
        boundaries=marks,
        further=sorted({item.turn_at(one.start_line) for one in suggestions} - {0, *marks}),
        titles=[titled[0].title, *(by_turn[turn] for turn in marks)],
    )


def title_given(item: Item, embed: Embed) -> list[str]:
    """Titles for the marks people set."""
    chapters, _ = find_chapters(item.transcript, embed=lambda _: None)
    turns = item.transcript.turns
    begins = [item.turn_at(turn.first_line) for turn in turns]
    placed = [0, *(begins.index(max(b for b in begins if b <= m)) for m in item.gold["boundaries"])]
    given = [replace(chapters[0], turn=turn, start_line=turns[turn].first_line) for turn in placed]
    return [chapter.title for chapter in title_chapters(item.transcript, given, embed=embed)]


def score(
    scorer: ModuleType, golds: Sequence[Gold], marked: Mapping[str, Marked]
) -> dict[str, dict[str, float]]:
    """The scorer's means, by `podcasts`, `meetings` and `all`."""
    found = scorer.score(golds, [marked[gold["id"]].as_json() for gold in golds])
    table = {
        SOURCES.get(name, name): dict(means) for name, means in found.items() if name != "missing"
    }
    for name, means in table.items():
        held = [
            _held(gold["boundaries"], [*marked[gold["id"]].boundaries, *marked[gold["id"]].further])
            for gold in golds
            if gold["boundaries"] and name in {"all", SOURCES.get(gold["source"], gold["source"])}
        ]
        means["top-2K"] = sum(held) / len(held)
    return table


def _held(wanted: Sequence[int], offered: Sequence[int]) -> float:
    """The share of marks with an own offer near."""
    offers = sorted(offered)
    place = held = 0
    for turn in sorted(wanted):
        while place < len(offers) and offers[place] < turn - NEAR_TURNS:
            place += 1
        if place < len(offers) and offers[place] <= turn + NEAR_TURNS:
            held += 1
            place += 1
    return held / len(wanted)


def show(label: str, table: Mapping[str, Mapping[str, float]]) -> None:
    """One line a source."""
    for name in ("podcasts", "meetings", "all"):
        means = table.get(name, {})
        cells = "  ".join(
            f"{means[key]:>7.3f}" if means.get(key) is not None else "      -" for key in MEASURES
        )
        print(f"{label:<26}{name:<10}{int(means.get('n', 0)):>4}  {cells}")


def run(items: Sequence[Item], embed: Embed) -> dict[str, Marked]:
    """Every transcript marked."""
    return {item.gold["id"]: mark(item, embed) for item in items}


def crossed(
    rows: Sequence[Row], part_of: Callable[[Row], int | str], embed: Embed
) -> dict[str, Marked]:
    """Every transcript marked by weights of the other parts."""
    marked: dict[str, Marked] = {}
    cross_fit(rows, part_of, lambda part: marked.update(run([row.item for row in part], embed)))
    return marked


def show_of(row: Row) -> str:
    """The show of an episode; of a meeting, its series."""
    name = row.item.gold["id"]
    series = name.removeprefix("qmsum:")[:3]
    return name.split("/")[0] if "/" in name else "education" if series == "edu" else series


def main() -> None:
    """Score the shipped weights, both halves, each show, and the baseline."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--models", type=Path, required=True, help="where the embedder is kept")
    options.add_argument("--kept", type=Path, help="keep vectors in this .npz")
    options.add_argument("--out", type=Path, help="keep the shipped weights' predictions here")
    options.add_argument("--fast", action="store_true", help="the shipped weights only")
    chosen = options.parse_args()
    data, scorer_path = find_chapter_data()
    scorer, baselines = _load(scorer_path), _load(scorer_path.with_name("baselines.py"))
    items = read_items(data)
    golds = [item.gold for item in items]
    vectors = KeptVectors(chosen.models, chosen.kept)
    print(" " * 42 + "  ".join(f"{key[:7]:>7}" for key in MEASURES))
    even = {
        one["id"]: Marked(one["id"], one["boundaries"], [], [])
        for one in baselines.chapters("lexical", data.parents[1])
    }
    show("lexical valleys", score(scorer, golds, even))
    began = time.process_time()
    shipped = run(items, vectors)
    took = time.process_time() - began
    show("shipped, in-sample", score(scorer, golds, shipped))
    vectors.keep()
    if chosen.out:
        rows = [json.dumps(shipped[gold["id"]].as_json()) + "\n" for gold in golds]
        chosen.out.write_text("".join(rows), encoding="utf-8")
    if not chosen.fast:
        _crossed_tables(scorer, items, vectors)
    given = {
        item.gold["id"]: Marked(
            item.gold["id"], item.gold["boundaries"], [], title_given(item, vectors)
        )
        for item in items
    }
    show("titles of given marks", score(scorer, golds, given))
    print(f"{took:.0f} s for {len(items)} transcripts")


def _crossed_tables(scorer: ModuleType, items: Sequence[Item], vectors: KeptVectors) -> None:
    halves = half_of(items)
    golds = [item.gold for item in items]
    rows = measure_all(items, vectors)
    crossfit = crossed(rows, lambda row: halves[row.item.gold["id"]], vectors)
    for half in (0, 1):
        part = [gold for gold in golds if halves[gold["id"]] == half]
        show(f"half {half}", score(scorer, part, crossfit))
    table = score(scorer, golds, crossfit)
    show("both halves", table)
    show("each show by the others", score(scorer, golds, crossed(rows, show_of, vectors)))
    bare = crossed(rows, lambda row: halves[row.item.gold["id"]], lambda _: None)
    show("both halves, no vectors", score(scorer, golds, bare))
    for source, key, sign, target in TARGETS:
        value = table[source][key]
        met = value >= target if sign == ">=" else value <= target
        print(f"{source} {key} {value:.3f} {sign} {target}: {'met' if met else 'NOT MET'}")


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
