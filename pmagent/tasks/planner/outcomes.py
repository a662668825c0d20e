"""An outcome tree in a Markdown list: what the person works towards, and how much each counts.

    - Listeners come back ^back weight:3
      - Episodes are found again ^found weight:2
      - Show notes are read ^notes
    - The archive pays its way ^pays

A line without `weight:` counts 1, one without `^id` is only a branch. Nothing else is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ITEM = re.compile(r"^([ \t]*)[-*+][ \t]+(\S.*)$")
_ID = re.compile(r"(?:^|\s)\^([A-Za-z0-9][A-Za-z0-9_-]{0,63})(?=\s|$)")
_WEIGHT = re.compile(r"(?:^|\s)(?:weight:[ ]?|\[weight::[ ]*)([^\s\]]{1,20})\]?(?=\s|$)")
_TAB = 4
_MOST_LINES = 2000
_MOST_WEIGHT = 1000.0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One line of the tree."""

    id: str
    title: str
    weight: float
    """Among its siblings, as written."""
    share: float
    """Of the whole tree: the shares of the leaves add up to 1."""
    depth: int
    line: int


@dataclass(frozen=True, kw_only=True)
class OutcomeTree:
    """The outcomes in order, and what of the file was not understood."""

    outcomes: tuple[Outcome, ...]
    priorities: tuple[tuple[str, float], ...]
    """For `WeekTask`: 1.0 is an outcome that counts as much as the mean of the leaves."""
    problems: tuple[str, ...] = ()


@dataclass
class _Line:
    id: str
    title: str
    weight: float
    depth: int
    line: int
    parent: int
    share: float = 0.0


def read_outcomes(text: str) -> OutcomeTree:
    """Read a tree; each weight is shared among the lines below it, in proportion to theirs."""
    problems: list[str] = []
    lines = _lines(text, problems)
    _share(lines)
    parents = {one.parent for one in lines}
    leaves = [one.share for number, one in enumerate(lines) if number not in parents]
    mean = sum(leaves) / len(leaves) if leaves else 1.0
    seen: dict[str, float] = {}
    for one in lines:
        if one.id in seen:
            problems.append(f'line {one.line}: "^{one.id}" is there twice; the first counts')
        elif one.id:
            seen[one.id] = round(one.share / mean, 4) if mean else 1.0
    return OutcomeTree(
        outcomes=tuple(
            Outcome(
                id=one.id,
                title=one.title,
                weight=one.weight,
                share=one.share,
                depth=one.depth,
                line=one.line,
            )
            for one in lines
        ),
        priorities=tuple(seen.items()),
        problems=tuple(problems),
    )


def _lines(text: str, problems: list[str]) -> list[_Line]:
    lines: list[_Line] = []
    open_: list[tuple[int, int]] = []
    for number, raw in enumerate(text.splitlines(), 1):
        match = _ITEM.match(raw)
        if match is None:
            continue
        if len(lines) >= _MOST_LINES:
            problems.append(f"line {number}: only the first {_MOST_LINES} lines are read")
            break
        indent = len(match[1].expandtabs(_TAB))
        while open_ and open_[-1][0] >= indent:
            open_.pop()
        words = match[2]
        id_ = _ID.search(words)
        lines.append(
            _Line(
                id=id_[1] if id_ is not None else "",
                title=" ".join(_WEIGHT.sub(" ", _ID.sub(" ", words)).split()),
                weight=_weight(words, number, problems),
                depth=len(open_),
                line=number,
                parent=open_[-1][1] if open_ else -1,
            )
        )
        open_.append((indent, len(lines) - 1))
    return lines


def _weight(words: str, line: int, problems: list[str]) -> float:
    match = _WEIGHT.search(words)
    if match is None:
        return 1.0
    if re.fullmatch(r"[0-9]{1,4}(?:\.[0-9]{1,4})?", match[1]):
        weight = float(match[1])
        if 0 < weight <= _MOST_WEIGHT:
            return weight
    problems.append(f'line {line}: weight "{match[1]}" is no number above 0: 1 is used')
    return 1.0


def _share(lines: Sequence[_Line]) -> None:
    """From the top: a line is always after its parent."""
    sums: dict[int, float] = {}
    for one in lines:
        sums[one.parent] = sums.get(one.parent, 0.0) + one.weight
    for one in lines:
        above = lines[one.parent].share if one.parent >= 0 else 1.0
        one.share = above * one.weight / sums[one.parent]
