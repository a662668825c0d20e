"""How near descriptions and titles come to people's: `python -m benchmarks.publishing_words`.

The product's own code reads each transcript from a garden of all of them, indexed by words. In the
same run, scored the same: the first 100 words, the 100 words of the sentences that say most
(TextRank without a graph), and our description behind a frame nobody uses, because part of what a
frame gains is the wording of this set. Nothing is fitted here; both halves are shown all the same.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import cast

from benchmarks.places import Data, find_data
from pmagent.discourse.lines import Line
from pmagent.discourse.salience import Ground
from pmagent.garden import Garden
from pmagent.nlp.figures import value_of
from pmagent.nlp.words import tokens
from pmagent.publish.description import describe
from pmagent.publish.headlines import propose_titles
from pmagent.publish.source import Source, read_source
from pmagent.publish.wording import tidy
from pmagent.types.insights import Archive

WORDS = 100
TARGETS = (("rouge1", 0.27), ("rougeL", 0.155))
MEASURES = ("rouge1", "rouge2", "rougeL", "title_rougeL", "length_ratio")
OURS = frozenset(("in", "this", "the", "it"))
"""How a frame's sentences begin."""
_FRAME = re.compile(r"^(?:In this episode, .*? (?:discuss|talks about) |The meeting was about )")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True)
class Item:
    """One transcript with what a person wrote of it."""

    path: str
    half: int
    gold: Mapping[str, object]

    @property
    def show(self) -> str:
        """Podcasts or meetings."""
        return "podcasts" if str(self.gold["id"]).startswith("btc") else "meetings"


def main() -> None:
    """Print the table, and who falls short of the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", type=int, default=0, help="print every n-th description too")
    data = find_data()
    every = cast("int", parser.parse_args().show)
    scorer = _load(data.scorer.with_name("shownotes.py"))
    with tempfile.TemporaryDirectory() as folder:
        items = write_items(data, Path(folder) / "garden")
        with _archive(Path(folder)) as archive:
            start = time.process_time()
            sources = [read_source(archive, item.path) for item in items]
            read = time.process_time()
            made = [describe(source) for source in sources]
            described = time.process_time()
            titles = [[one.text for one in propose_titles(source, (), ())] for source in sources]
            titled = time.process_time()
    ways: dict[str, list[str]] = {
        "first 100 words": [first_words(source) for source in sources],
        "best sentences, 100 words": [best_sentences(source) for source in sources],
        "pmagent, neutral frame": [_FRAME.sub("About ", one.long) for one in made],
        "pmagent": [one.long for one in made],
    }
    nothing: list[list[str]] = [[] for _ in items]
    short: list[str] = []
    print(f"{'':<44}" + "".join(f"{name:>14}" for name in (*MEASURES, "invented")))
    for name, texts in ways.items():
        invented = [invented_in(text, source) for text, source in zip(texts, sources, strict=True)]
        shown = titles if name == "pmagent" else nothing
        for part, is_in in _parts().items():
            kept = [place for place, item in enumerate(items) if is_in(item)]
            numbers = score(scorer, items, texts, shown, kept)
            row = "".join(f"{numbers.get(key) or 0:>14.3f}" for key in MEASURES)
            print(f"{name + ', ' + part:<44}{row}{sum(len(invented[place]) for place in kept):>14}")
            if name == "pmagent" and part == "all":
                short = [key for key, least in TARGETS if (numbers[key] or 0) < least]
    best = _best_titles(scorer, items, titles)
    print(f"\ntitle ROUGE-L of the best of five: {best:.3f}")
    count = len(items)
    told = (("read", read - start), ("describe", described - read), ("titles", titled - described))
    print("CPU a transcript: " + ", ".join(f"{name} {cost / count:.2f} s" for name, cost in told))
    print(f"missed: {', '.join(short)}" if short else "all targets met")
    for place in range(0, count, every) if every else ():
        print(f"\n{items[place].path}\n{made[place].long}\n{titles[place]}")


def _best_titles(
    scorer: ModuleType, items: Sequence[Item], titles: Sequence[Sequence[str]]
) -> float:
    """Of each known title the nearest of five, on average."""
    best = [
        max((scorer.rouge(item.gold["title"], one)["rougeL"] for one in five), default=0.0)
        for item, five in zip(items, titles, strict=True)
        if item.gold["title"]
    ]
    return sum(best) / max(1, len(best))


def write_items(data: Data, root: Path) -> list[Item]:
    """Each transcript that people described as a Markdown file below `root`."""
    base = data.archive.parent
    golds = [json.loads(line) for line in _rows(base / "shownotes" / "summaries.jsonl")]
    talks = {
        talk["id"]: talk for talk in map(json.loads, _rows(base / "chapters" / "chapters.jsonl"))
    }
    root.mkdir(parents=True)
    seen: Counter[str] = Counter()
    items: list[Item] = []
    for number, gold in enumerate(golds):
        if gold["transcript"]:
            turns = [line.partition(": ")[::2] for line in gold["transcript"].split("\n")]
        else:
            turns = [(turn["speaker"], turn["text"]) for turn in talks[gold["id"]]["turns"]]
        # Its name must not give its subject away: other gardens name files by date.
        path = f"recording-{number:03d}.md"
        told = (
            f"**{who.strip()}:** {said.strip()}" if who.strip() else said.strip()
            for who, said in turns
        )
        (root / path).write_text("\n\n".join(told) + "\n", encoding="utf-8")
        show = gold["id"].split(":")[0]
        items.append(Item(path=path, half=seen[show] % 2, gold=gold))
        seen[show] += 1
    return items


def first_words(source: Source) -> str:
    """The first hundred words that are spoken."""
    return " ".join(" ".join(turn.text for turn in source.transcript.turns[:200]).split()[:WORDS])


def best_sentences(source: Source) -> str:
    """A hundred words of the sentences whose words the talk says most, in order."""
    ground = Ground(source.talk)
    ranked = sorted(
        source.talk.whole,
        key=lambda line: (
            -sum(map(ground.weight, sorted(line.keys))) / (len(line.words) + 5),
            line.number,
        ),
    )
    taken: list[Line] = []
    room = WORDS
    for line in ranked:
        if len(line.words) <= room and len(line.words) > 5:
            taken.append(line)
            room -= len(line.words)
        if room < 6:
            break
    return " ".join(line.text for line in sorted(taken, key=lambda line: line.number))


def invented_in(text: str, source: Source) -> list[str]:
    """Names and numbers of `text` that neither the talk nor its speakers' names have."""
    whole = tidy(" ".join(line.text for line in source.talk.lines)).lower()
    known = set(tokens(whole)) | set(tokens(" ".join(source.talk.speakers))) | OURS
    found: list[str] = []
    for word in _WORD.findall(text):
        is_number = any(map(str.isdigit, word)) or value_of([word.lower()]) != word.lower()
        is_said = known.issuperset(tokens(word)) or word.lower() in whole
        if (is_number or word[:1].isupper()) and not is_said:
            found.append(word)
    return found


def score(
    scorer: ModuleType,
    items: Sequence[Item],
    texts: Sequence[str],
    titles: Sequence[Sequence[str]],
    kept: Sequence[int],
) -> dict[str, float | None]:
    """The shared scorer's numbers over some of the items."""
    gold = [items[place].gold for place in kept]
    found = [
        {"id": items[place].gold["id"], "description": texts[place], "titles": titles[place]}
        for place in kept
    ]
    return cast("dict[str, float | None]", scorer.score_summaries(gold, found))


def _parts() -> dict[str, Callable[[Item], bool]]:
    return {
        "one half": lambda item: item.half == 0,
        "other half": lambda item: item.half == 1,
        "podcasts": lambda item: item.show == "podcasts",
        "meetings": lambda item: item.show == "meetings",
        "all": lambda _: True,
    }


@contextmanager
def _archive(folder: Path) -> Generator[Archive]:
    Garden.create(folder / "garden", home=folder / "home").close()
    with Garden.open(folder / "garden", home=folder / "home") as garden:
        garden.index(meaning=False)
        yield garden.jobs.archive()


def _rows(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("shownotes_scorer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
