"""The commands that a step may run or switch to: procedures of files, and those that are code."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pmagent.commands.book import CommandBook
from pmagent.commands.found import Found
from pmagent.commands.read_command import read_command
from pmagent.errors import UsageError
from pmagent.procedures.engine.ports import Here
from pmagent.procedures.language.read import is_procedure, read_procedure
from pmagent.runs.calls import GardenCalls
from pmagent.types.actions import Done, Failed, Json
from pmagent.types.commands import CommandFile
from pmagent.types.procedures import Procedure

AS_FUNCTIONS: Mapping[str, str] = {
    "titles": "draft.titles",
    "description": "draft.description",
    "chapters": "draft.chapters",
    "show-notes": "draft.notes",
    "quotes": "draft.quotes",
    "mentions": "draft.mentions",
    "check": "facts.check",
    "where": "archive.prior_art",
}
"""Commands of code whose value a step gets as the function gives it."""


@dataclass(frozen=True, kw_only=True)
class GardenCommands:
    """The commands of one garden."""

    book: Callable[[], CommandBook]
    calls: Callable[[], GardenCalls]
    is_digest_trusted: Callable[[str], bool]

    def procedure(self, name: str) -> Procedure | None:
        """The procedure of this name; None where it is none."""
        found = self._read_book().command(name)
        if found is None or not is_procedure(found):
            return None
        return read_procedure(found, found.text)

    def reread(self, name: str, text: str) -> Procedure:
        """A procedure as a run has pinned it; trusted as far as its file is with that very text."""
        known = self._read_book().command(name)
        if known is not None and known.text == text:
            return read_procedure(known, text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        found = Found(
            name=name,
            path=known.path if known is not None else f"/{name}",
            place=known.place if known is not None else "project",
            # Its file says something else by now, or is gone: the very text must be trusted, or
            # have been when the run began, which the engine has on record.
            is_trusted=self.is_digest_trusted(digest),
        )
        read = read_command(text.encode(), found)
        if not isinstance(read, CommandFile):
            raise UsageError(f'what a run of "/{name}" has pinned cannot be read', read.reason)
        return read_procedure(read, text)

    def _read_book(self) -> CommandBook:
        book = self.book()
        if not book.commands():
            # Nobody has looked yet.
            book.refresh()
        return book

    def run(self, name: str, given: Mapping[str, Json], here: Here) -> Json:
        """What a command that is code gives."""
        calls = self.calls()
        if (function := AS_FUNCTIONS.get(name)) is not None:
            spec = calls.functions[function].spec
            named = {
                (spec.parameters[int(key)].name if key.isdigit() else key): value
                for key, value in given.items()
                if not key.isdigit() or int(key) < len(spec.parameters)
            }
            first = spec.parameters[0].name
            known = {parameter.name for parameter in spec.parameters}
            fitting = {(key if key in known else first): value for key, value in named.items()}
            return calls.value(function, fitting, here)
        return self._skill(name, given, here)

    def _skill(self, name: str, given: Mapping[str, Json], here: Here) -> Json:
        typed = " ".join(_word(value) for value in given.values() if value is not None)
        by = f"procedure/{here.procedure.name}"
        asked: dict[str, Json] = {"skill": name, "args": typed}
        match self.calls().gatehouse.perform("Skill", asked, by=by):
            case Done(text=text, data=data):
                return {"markdown": text, **data}
            case Failed(message=message, hint=hint):
                raise UsageError(message, hint)
            case _:
                raise UsageError(f'"/{name}" was not let run', '"pmagent audit" says why')


def _word(value: Json) -> str:
    if isinstance(value, Mapping):
        value = value.get("path", "")
    return shlex.quote(value if isinstance(value, str) else str(value))
