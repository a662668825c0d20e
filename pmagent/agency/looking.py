"""What may be put into a prompt and offered for completion: files, passages, names of commands.

Files go in through the gate, unasked: what a rule does not allow is not read.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from pmagent.agency.grounds import AgencyGrounds
from pmagent.agency.skills import Skills
from pmagent.agent.gate import nobody
from pmagent.commands.bench import builtins
from pmagent.commands.book import CommandBook
from pmagent.commands.complete import PassageHint
from pmagent.commands.expand import Ports
from pmagent.commands.path_index import PathIndex
from pmagent.errors import IndexFaultError, PmagentError, UsageError
from pmagent.ingest.passages import split_passages
from pmagent.jobs.archive import resolve
from pmagent.places import Place
from pmagent.types import Locator, format_time
from pmagent.types.actions import Json, Outcome
from pmagent.types.commands import CommandRow

FRESH_S = 5.0
"""How long a listing serves completion before it is made again."""
HINTED = 60
"""Characters of a passage beside its place."""
MOST_PASSAGES = 2_000
SHELL_OFF = "disableSkillShellExecution"


@dataclass(kw_only=True)
class Looking:
    """Reads for prompts, and lists for completion, in one garden."""

    grounds: AgencyGrounds
    book: CommandBook
    skills: Skills
    recent: list[str] = field(default_factory=list[str])
    """Commands used lately, the latest first."""
    _paths: tuple[float, PathIndex] | None = None
    _hints: tuple[str, Sequence[PassageHint]] = ("", ())

    def ports(self) -> Ports:
        """What an expansion may do now."""
        wishes = self.grounds.gatehouse.rights.book.wishes
        return Ports(run=None if wishes.get(SHELL_OFF) is True else self._run, read=self._read)

    def _run(self, command: str) -> Outcome:
        return self._unasked("Bash", {"command": command}, "a slash command names it")

    def _read(self, place: Place) -> Outcome | None:
        path = self._path_of(place)
        if path is None:
            return None
        given: dict[str, Json] = {"file_path": path}
        if place.lines is not None:
            first, last = place.lines
            given |= {"offset": first, "limit": last - first + 1}
        elif place.time_ms is not None:
            said = format_time(place.time_ms)
            reading = self.grounds.garden.read(f"{path}#{said}", context=3)
            if reading.lines:
                given |= {"offset": reading.lines[0][0], "limit": len(reading.lines)}
        return self._unasked("Read", given, "you named it")

    def _unasked(self, tool: str, given: dict[str, Json], why: str) -> Outcome:
        return self.grounds.gatehouse.perform(tool, given, why=why, asker=nobody)

    def _path_of(self, place: Place) -> str | None:
        try:
            entry = self.grounds.walls.entry(place.path)
        except PmagentError:
            # Outside of the garden: the gate says so.
            return place.path
        if entry is not None:
            return None if entry.kind == "folder" else place.path
        # "@ana" in a sentence is somebody, "@ep-041" and "@pricing.md" are files.
        if not any(character.isdigit() or character in "./" for character in place.path):
            return None
        try:
            return resolve(place.path, self.grounds.paths())
        except (UsageError, IndexFaultError):
            return None

    # -- completion --------------------------------------------------------------------------------

    def rows(self) -> Sequence[CommandRow]:
        """Everything that can be typed after a slash: the built-ins, then the files' commands."""
        built: dict[str, CommandRow] = {}
        for builtin in builtins():
            if self.skills.builtin(builtin.name) is None:
                continue
            built.setdefault(
                builtin.name,
                CommandRow(
                    name=builtin.name,
                    aliases=tuple(one for one in builtin.aliases if self.skills.builtin(one)),
                    summary=builtin.summary,
                    argument_hint=builtin.argument_hint,
                    origin="built in",
                ),
            )
        others = [row for row in self.book.rows() if self.skills.builtin(row.name) is None]
        return (*built.values(), *others)

    def paths(self) -> PathIndex:
        """The documents, as they were a moment ago at most."""
        now = time.monotonic()
        if self._paths is None or now - self._paths[0] > FRESH_S:
            self._paths = (now, PathIndex(self._indexed()))
        return self._paths[1]

    def _indexed(self) -> Sequence[str]:
        try:
            return self.grounds.paths()
        except IndexFaultError:
            # Nothing to offer yet; what is typed can still be sent.
            return ()

    def passages(self, path: str) -> Sequence[PassageHint]:
        """The passages of one document, by their places."""
        if self._hints[0] != path:
            self._hints = (path, self._passages(path))
        return self._hints[1]

    def _passages(self, path: str) -> Sequence[PassageHint]:
        try:
            data, _ = self.grounds.walls.read(path, limit=self.grounds.limit_bytes)
            passages = split_passages(path, self.grounds.parse(data, path).blocks)
        except PmagentError:
            return ()
        return [
            PassageHint(place=_place(path, one.locator), text=one.text[:HINTED])
            for one in passages[:MOST_PASSAGES]
        ]

    def used(self, name: str) -> None:
        """A command was used."""
        if name in self.recent:
            self.recent.remove(name)
        self.recent.insert(0, name)


def _place(path: str, locator: Locator) -> str:
    if locator.start_ms is None:
        return f"{path}:{locator.first_line}"
    return f"{path}#{format_time(locator.start_ms).removeprefix('00:')}"
