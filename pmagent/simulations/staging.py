"""The stage for the commands of one folder, such as those that ship: no garden is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pmagent.commands.found import Found
from pmagent.commands.read_command import read_command
from pmagent.errors import UsageError
from pmagent.procedures.language.read import is_procedure, read_procedure
from pmagent.registry import collect
from pmagent.simulations.play import Stage
from pmagent.types.calls import CallSpec, Function
from pmagent.types.commands import CommandFile
from pmagent.types.procedures import Procedure

if TYPE_CHECKING:
    from pmagent.simulations.shelf import Shelf

Texts = Callable[[str], bytes | None]
"""The bytes of the command of a name; None where there is none."""


def make_stage(texts: Texts, shelf: Shelf) -> Stage:
    """The stage on which the commands that `texts` gives are played."""

    @cache
    def reread(name: str, text: str) -> Procedure:
        return read_procedure(_command(name, text.encode("utf-8", "surrogatepass")), text)

    @cache
    def procedure(name: str) -> Procedure | None:
        data = texts(name)
        if data is None:
            return None
        command = _command(name, data)
        return reread(name, command.text) if is_procedure(command) else None

    return Stage(
        procedure=procedure,
        reread=reread,
        functions=known_functions(),
        effects=known_effects(),
        contents=shelf.contents,
    )


def folder_texts(folder: Path) -> Texts:
    """The commands of a folder: `NAME.md` each."""

    def texts(name: str) -> bytes | None:
        path = folder / f"{name}.md"
        is_below = path.resolve().parent == folder.resolve()
        return path.read_bytes() if is_below and path.is_file() else None

    return texts


def known_functions() -> Mapping[str, Function]:
    """Every pure function, by name."""
    families = cast("tuple[tuple[Function, ...], ...]", collect("pmagent.functions", "functions"))
    return {one.spec.name: one for family in families for one in family}


def known_effects() -> Mapping[str, CallSpec]:
    """Every tool with an effect that steps may call, by name."""
    specs = (getattr(tool, "spec", None) for tool in collect("pmagent.tools", "tool"))
    return {spec.name: spec for spec in specs if isinstance(spec, CallSpec)}


def _command(name: str, data: bytes) -> CommandFile:
    """The command in a file's bytes.

    Raises:
        UsageError: it is none.
    """
    found = read_command(data, Found(name=name, path=f"{name}.md", place="shipped"))
    if not isinstance(found, CommandFile):
        raise UsageError(f'"/{name}" cannot be read: {found.reason}')
    return found
