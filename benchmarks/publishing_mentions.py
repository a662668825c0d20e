"""How many of the things people link are among the first mentions: `make bench-quality`.

Both halves of the episodes are scored by the shared scorer, beside capitalised phrases by count,
and once more as a first episode, with nothing around it in the archive.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from benchmarks.places import Data, find_data
from pmagent.garden import Garden
from pmagent.publish.mentions.find import find_mentions
from pmagent.publish.source import Source, read_source
from pmagent.types.insights import Archive
from tests.folder_archive import FolderArchive

TARGETS = {"spoken_recall@15": 0.74, "mention_precision@15": 0.22}
ROWS = ("spoken_recall@15", "spoken_recall@all", "mention_precision@15", "grounded")
_CAPITALISED = re.compile(r"(?:[A-Z][\w'’.+-]*\w)(?: (?:of |the |for )?[A-Z][\w'’.+-]*\w)*")


@dataclass(frozen=True, kw_only=True)
class Episode:
    """One transcript with the links people put in its notes."""

    path: str
    half: int
    gold: str
    """The scorer's line."""
    links: tuple[str, ...]


def main() -> None:
    """Print the table; `--home` may hold an index of the archive already."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home", type=Path, help="a home whose garden/ is indexed already")
    chosen = options.parse_args()
    data = find_data()
    episodes = load_episodes(data)
    with archive_of(data, chosen.home) as archive:
        sources = [read_source(archive, episode.path) for episode in episodes]
        start = time.process_time()
        found = [_texts(source) for source in sources]
        cost = (time.process_time() - start) / len(episodes)
        ways: dict[str, Sequence[Sequence[str]]] = {
            "capitalised by count": [_by_count(source) for source in sources],
            "pmagent": found,
            "pmagent, first episode": [_alone(data, episode.path) for episode in episodes],
        }
        words = sum(source.transcript.words for source in sources) / len(sources)
        print(f"{'':<36}" + "".join(f"{name:>22}" for name in ROWS))
        for name, lists in ways.items():
            _show(name, data, episodes, lists)
        print(f"\n{cost:.2f} s of CPU a transcript of {words:.0f} words; with earlier places:")
        start = time.process_time()
        for source in sources[::20]:
            find_mentions(source)
        print(f"{(time.process_time() - start) / len(sources[::20]):.2f} s")


def load_episodes(data: Data) -> list[Episode]:
    """Every episode that has links, with the half it is counted to."""
    lines = (data.archive.parent / "shownotes" / "links.jsonl").read_text("utf-8").splitlines()
    episodes: list[Episode] = []
    for line in filter(None, lines):
        gold = cast("Mapping[str, object]", json.loads(line))
        links = cast("Sequence[Mapping[str, str]]", gold["links"])
        episodes.append(
            Episode(
                path=str(gold["id"]),
                half=len(episodes) % 2,
                gold=line,
                links=tuple(link["text"] for link in links),
            )
        )
    return episodes


@contextmanager
def archive_of(data: Data, home: Path | None) -> Generator[Archive]:
    """The archive as the wiring gives it: indexed by words, in a home of its own or in `home`."""
    with tempfile.TemporaryDirectory() as folder:
        base = home or Path(folder)
        root = base / "garden"
        if not root.exists():
            subprocess.run(["cp", "-r", str(data.archive), str(root)], check=True)
            subprocess.run(["chmod", "-R", "u+w", str(root)], check=True)
            Garden.create(root, home=base).close()
        with Garden.open(root, home=base) as garden:
            if home is None:
                garden.index(meaning=False)
            yield garden.jobs.archive()


def score_lists(
    data: Data, episodes: Sequence[Episode], lists: Sequence[Sequence[str]]
) -> dict[str, float]:
    """The shared scorer's numbers."""
    with tempfile.TemporaryDirectory() as folder:
        gold, found = Path(folder) / "gold.jsonl", Path(folder) / "found.jsonl"
        gold.write_text("".join(f"{episode.gold}\n" for episode in episodes), encoding="utf-8")
        rows = (
            json.dumps({"id": episode.path, "mentions": [{"text": text} for text in texts]})
            for episode, texts in zip(episodes, lists, strict=True)
        )
        found.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
        scorer = data.scorer.with_name("shownotes.py")
        done = subprocess.run(
            [sys.executable, str(scorer), "--links", str(gold), "--pred", str(found),
             "--archive", str(data.archive)],
            stdout=subprocess.PIPE, check=True, text=True,
        )  # fmt: skip
    return cast("dict[str, float]", json.loads(done.stdout)["links"])


def show_row(name: str, numbers: Mapping[str, float]) -> None:
    """One line of the table."""
    print(f"{name:<36}" + "".join(f"{numbers[key]:>22.3f}" for key in ROWS))


def _show(
    name: str, data: Data, episodes: Sequence[Episode], lists: Sequence[Sequence[str]]
) -> None:
    parts: dict[str, Callable[[Episode], bool]] = {
        "even half": lambda episode: episode.half == 0,
        "odd half": lambda episode: episode.half == 1,
        "all": lambda episode: episode.half in (0, 1),
    }
    numbers: Mapping[str, float] = {}
    for part, is_in in parts.items():
        chosen = [pair for pair in zip(episodes, lists, strict=True) if is_in(pair[0])]
        numbers = score_lists(data, [one for one, _ in chosen], [texts for _, texts in chosen])
        show_row(f"{name}, {part}", numbers)
    if name == "pmagent":
        for key, target in TARGETS.items():
            print(f"  {key}: {'reached' if numbers[key] >= target else 'missed'} ({target})")


def _texts(source: Source) -> list[str]:
    return [mention.text for mention in find_mentions(source, looked_back=0)]


def _alone(data: Data, path: str) -> list[str]:
    """The mentions of one transcript in an archive of nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / path
        copied.parent.mkdir(parents=True)
        shutil.copyfile(data.archive / path, copied)
        return _texts(read_source(FolderArchive(Path(folder)), path))


def _by_count(source: Source) -> list[str]:
    counts: Counter[str] = Counter()
    for line in source.talk.lines:
        counts.update(found[0] for found in _CAPITALISED.finditer(line.text) if found.start())
    return [text for text, _ in counts.most_common(30)]


if __name__ == "__main__":
    main()
