"""The commands as plain requests for them are told apart: read once from `routes.toml`.

The table knows more commands than a garden may have; a command that is not given is never routed
to, and one that is not in the table is known by its name and its own description.
"""

from __future__ import annotations

import pkgutil
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, Protocol, TypeAlias, cast

NoneKind = Literal["greeting", "thanks", "send", "change", "write", "outside", "unclear"]
"""Why nothing is routed to: courtesy, out of reach, or too little said."""
Pattern: TypeAlias = "re.Pattern[str]"
_MACRO = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One command, and how people ask for it."""

    name: str
    """Without the slash."""
    aliases: tuple[str, ...] = ()
    when_to_use: str = ""
    examples: tuple[str, ...] = ()
    sure: tuple[Pattern, ...] = ()
    """Settle it, where no other command's do."""
    maybe: tuple[Pattern, ...] = ()
    never: tuple[Pattern, ...] = ()
    is_about_program: bool = False
    """It loses where a request speaks of what people said or decided."""


class Listed(Protocol):
    """What a list of commands says of one."""

    @property
    def name(self) -> str:
        """Without the slash."""
        ...

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names."""
        ...

    @property
    def summary(self) -> str:
        """One line."""
        ...


@dataclass(frozen=True, kw_only=True)
class _Table:
    routes: Mapping[str, Route]
    none: Mapping[NoneKind, tuple[Pattern, ...]]


def shipped_routes() -> tuple[Route, ...]:
    """All commands of the table."""
    return tuple(_table().routes.values())


def none_patterns() -> Mapping[NoneKind, tuple[Pattern, ...]]:
    """By kind, what speaks for no command at all."""
    return _table().none


def make_routes(rows: Sequence[Listed]) -> tuple[Route, ...]:
    """A route for each command there is: from the table, else from its own summary.

    `ask`, `where` and `read` are there even where no row names them: they are tools too.
    """
    table = _table().routes
    made: dict[str, Route] = {
        name: table[name] for name in ("ask", "where", "read") if name in table
    }
    for row in rows:
        known = table.get(row.name)
        made[row.name] = (
            replace(known, aliases=tuple(dict.fromkeys((*known.aliases, *row.aliases))))
            if known is not None
            else Route(name=row.name, aliases=row.aliases, when_to_use=row.summary)
        )
    return tuple(made.values())


@cache
def _table() -> _Table:
    data = pkgutil.get_data("pmagent.llm", "routes.toml") or b""
    tables = cast("dict[str, dict[str, object]]", tomllib.loads(data.decode("utf-8")))
    words = _expanded(cast("dict[str, str]", tables.pop("words", {})))
    none = cast("dict[NoneKind, dict[str, list[str]]]", tables.pop("none", {}))
    return _Table(
        routes={name: _route(name, table, words) for name, table in tables.items()},
        none={kind: _compiled(table["sure"], words) for kind, table in none.items()},
    )


def _route(name: str, table: Mapping[str, object], words: Mapping[str, str]) -> Route:
    def listed(key: str) -> list[str]:
        return cast("list[str]", table.get(key, []))

    return Route(
        name=name,
        aliases=tuple(listed("aliases")),
        when_to_use=cast("str", table.get("when", "")),
        examples=tuple(listed("examples")),
        sure=_compiled(listed("sure"), words),
        maybe=_compiled(listed("maybe"), words),
        never=_compiled(listed("never"), words),
        is_about_program=table.get("about") == "program",
    )


def _expanded(words: Mapping[str, str]) -> dict[str, str]:
    """The named patterns, each with those before it filled in."""
    done: dict[str, str] = {}
    for name, pattern in words.items():
        done[name] = _fill(pattern, done)
    return done


def _compiled(patterns: Sequence[str], words: Mapping[str, str]) -> tuple[Pattern, ...]:
    return tuple(re.compile(_fill(pattern, words)) for pattern in patterns)


def _fill(pattern: str, words: Mapping[str, str]) -> str:
    return _MACRO.sub(lambda found: words[found[1]], pattern)
