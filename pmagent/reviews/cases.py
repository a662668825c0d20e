"""A test case from what a person saw and decided: a simulation file, written from the run's rows.

The documents, the model's words and the person's are put in as they were, so that the same happens
again without a model or a network. Pure: nothing is written here.
"""

from __future__ import annotations

import glob
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import yaml

from pmagent.errors import UsageError
from pmagent.types.actions import Json
from pmagent.types.reviews import CaseFile, Review
from pmagent.types.runs import Run, StepRow

_ODD = re.compile(r"[^a-z0-9]+")
_WORDS = {"": "open", "accept": "accepted", "edit": "edited", "reject": "rejected",
          "answer": "answered", "take": "taken", "escalate": "handed-on"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """All that is on record of one run."""

    run: Run
    rows: Sequence[StepRow] = ()
    reviews: Sequence[Review] = ()


def make_case(review: Review, record: RunRecord, name: str = "") -> CaseFile:
    """The simulation in which the same is asked and decided again.

    Raises:
        UsageError: the name has nothing to make a file of.
    """
    named = name or f"{_WORDS[review.decision]}-{review.id}"
    slug = _ODD.sub("-", named.lower()).strip("-")
    if not slug:
        raise UsageError(f'"{name}" is no name for a test', "use letters and digits")
    run, rows = record.run, record.rows
    replies = {row.name: _attempt(row.value) for row in rows if row.maker == "model" and row.name}
    calls = Counter(row.verb.partition(" ")[2] for row in rows if row.verb.startswith("Call "))
    sent = [str(one.get("function", "")) for one in review.sendings]
    is_ghost = any(function.startswith("ghost.") for function in [*calls, *sent])
    case: dict[str, Json] = {
        "simulate": _line(run),
        "because": _because(review),
        "now": run.clock.isoformat(),
        "model": "scripted" if replies else "none",
        **({"site": "ghost"} if is_ghost else {}),
        "garden": {path: text for row in rows for path, text in _documents(row.value)},
        **({"replies": replies} if replies else {}),
        "person": [line for one in record.reviews for line in _person(one)],
        "expect": _expected(run, calls),
    }
    text = yaml.dump(
        {key: value for key, value in case.items() if value not in ({}, [])},
        Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=96,
    )  # fmt: skip
    return CaseFile(path=f"simulations/{run.command}/{slug}.sim.yaml", text=text)


class _Dumper(yaml.SafeDumper):
    """Text of several lines stands as it is read."""

    def ignore_aliases(self, data: object) -> bool:
        """Never `*id001`: a scenario takes none."""
        del data
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    del dumper
    is_block = "\n" in text and not re.search(r"[ \t]\n|\r|\t", text)
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style="|" if is_block else None)


_Dumper.add_representer(str, _text)


def _line(run: Run) -> str:
    """`/publish-episode transcripts/ep-042.md`, as it is typed."""
    words = (str(value) for value in run.arguments.values() if value not in {None, ""})
    return " ".join((f"/{run.command}", *map(_quoted, words)))


def _quoted(word: str) -> str:
    return shlex.quote(word) if set(word) & set(" \t\n'\"\\") else word


def _because(review: Review) -> str:
    if review.note:
        return review.note
    match review.decision:
        case "edit":
            return f"a person has changed {' and '.join(sorted(review.edits))} here"
        case "":
            return review.reason or "a person was asked here"
        case _:
            return f"a person has looked at this, and {_WORDS[review.decision]} it"


def _attempt(value: Json) -> Json:
    """A list stands for successive attempts: a value that is one needs another around it."""
    return [value] if isinstance(value, list | tuple) else value


def _documents(value: Json) -> Iterator[tuple[str, str]]:
    match value:
        case Mapping():
            path, lines = value.get("path"), value.get("lines")
            if value.get("kind") == "document" and isinstance(path, str):
                is_whole = isinstance(lines, list | tuple)
                text = "\n".join(map(str, lines)) if is_whole else str(value.get("text", ""))
                yield path, text if text.endswith("\n") else f"{text}\n"
                return
            for one in value.values():
                yield from _documents(one)
        case list() | tuple():
            for one in cast("list[Json]", value):
                yield from _documents(one)
        case _:
            return


def _person(review: Review) -> Iterator[Mapping[str, Json]]:
    if review.kind not in {"approve", "answer", "human", "triggered"}:
        return
    says: Json
    match review.decision:
        case "accept":
            says = "approve"
        case "edit":
            says = {"edit": dict(review.edits)}
        case "reject":
            says = {"reject": review.note} if review.note else "reject"
        case "answer":
            says = _attempt(review.answer)
        case "take" | "escalate":
            says = "take"
        case "":
            says = "nobody"
    yield {"when": f"{glob.escape(review.title)}*", "say": says}


def _expected(run: Run, calls: Mapping[str, int]) -> Json:
    outcome = f"waiting:{run.waits_for}" if run.waits_for else run.state
    expect: dict[str, Json] = {"outcome": "waiting" if outcome == "running" else outcome}
    if calls:
        expect["called"] = dict(sorted(calls.items()))
    if run.state in {"handed_off", "blocked"} and run.reason:
        expect["note"] = [run.reason]
    return expect
