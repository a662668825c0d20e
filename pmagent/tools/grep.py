"""Grep: lines of files that match an expression, by an engine that cannot hang."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.errors import ReadError
from pmagent.nlp.patterns import Pattern, compile_pattern
from pmagent.permissions.walls import Entry
from pmagent.tools._globs import glob_matcher
from pmagent.tools._input import MAX_FILE_BYTES, Input
from pmagent.tools.read import text_lines
from pmagent.types.actions import Label

MAX_LINES = 250
MAX_FILES = 1_000
MAX_SHOWN = 500
"""Characters of one line that are shown."""

OutputMode = Literal["content", "files_with_matches", "count"]


class GrepInput(Input):
    """What to look for, where, and in which form."""

    pattern: Annotated[str, Field(min_length=1)]
    path: str = ""
    glob: str = ""
    output_mode: OutputMode = "files_with_matches"
    ignore_case: Annotated[bool, Field(alias="-i")] = False
    multiline: bool = False


class GrepTool:
    """Searches files of the garden."""

    name = "Grep"
    summary = "Lines of files that match an expression"
    Input = GrepInput

    def plan(self, given: GrepInput, reach: Reach) -> Plan:
        """Look up the folder or file, and read the expression."""
        _compiled(given)
        if given.glob:
            glob_matcher(given.glob)
        target = reach.walls.locate(given.path or ".", "read")
        if not target.exists:
            raise ReadError(f'there is nothing at "{given.path}"', "check its name")
        return Plan(subject=given.pattern, targets=(target,), risk="only reads")

    def run(self, given: GrepInput, plan: Plan, reach: Reach) -> Result:
        """Search file by file, and stop when enough is found."""
        pattern = _compiled(given)
        found: list[str] = []
        names: list[str] = []
        labels: frozenset[Label] = frozenset()
        total = 0
        is_cut = False
        for entry in _files(given, plan, reach):
            hits = _matches(entry, pattern, reach, wanted=_wanted(given, found))
            if not hits:
                continue
            names.append(entry.path)
            total += len(hits)
            labels |= reach.labels(entry.path)
            if given.output_mode == "content":
                found += [f"{entry.path}:{number}:{line[:MAX_SHOWN]}" for number, line in hits]
            elif given.output_mode == "count":
                found.append(f"{entry.path}:{len(hits)}")
            if len(found) >= MAX_LINES or len(names) >= MAX_FILES:
                is_cut = True
                break
        lines = names if given.output_mode == "files_with_matches" else found
        text = "\n".join(lines) or "nothing matches"
        if is_cut:
            text += f"\n… stopped after {len(lines):,} lines; narrow the pattern or the path"
        private = "\n".join(found) if "private" in labels else ""
        return Result(
            text=text,
            data={"mode": given.output_mode, "filenames": names, "numMatches": total},
            labels=labels if given.output_mode == "content" else frozenset(),
            private_text=private if given.output_mode == "content" else "",
        )


def _compiled(given: GrepInput) -> Pattern:
    return compile_pattern(
        given.pattern, is_case_blind=given.ignore_case, is_multiline=given.multiline
    )


def _wanted(given: GrepInput, found: list[str]) -> int:
    match given.output_mode:
        case "files_with_matches":
            return 1
        case "content":
            return MAX_LINES - len(found)
        case "count":
            return 1_000_000


def _files(given: GrepInput, plan: Plan, reach: Reach) -> Iterator[Entry]:
    target = plan.targets[0]
    if not target.is_folder:
        entry = reach.walls.entry(target.resolved)
        if entry is not None and entry.kind == "file":
            yield entry
        return
    base = f"{target.resolved}/" if target.resolved else ""
    matcher = glob_matcher(given.glob) if given.glob else None
    for entry in reach.walls.walk(target.resolved):
        if entry.kind != "file" or entry.size > MAX_FILE_BYTES:
            continue
        if matcher is None or matcher.search(entry.path.removeprefix(base)):
            yield entry


def _matches(entry: Entry, pattern: Pattern, reach: Reach, *, wanted: int) -> list[tuple[int, str]]:
    """(line number, line) of up to `wanted` lines; none where the file cannot be read as text."""
    try:
        data, _ = reach.walls.read(entry.path, limit=MAX_FILE_BYTES)
        lines = text_lines(data, entry.path, reach)
    except ReadError:
        return []
    hits: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        if pattern.search(line):
            hits.append((number, line))
            if len(hits) >= wanted:
                break
    return hits


tool = GrepTool()
