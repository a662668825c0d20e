"""`/help`: every command with what it takes; or one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from pmagent.commands.bench import Bench, Builtin, builtins
from pmagent.commands.markdown import code, item, page, plain, wrap
from pmagent.errors import UsageError
from pmagent.types.commands import CommandRow
from pmagent.types.turns import Screen, TurnEvent

GROUPS: Mapping[str, str] = {
    "Ask": "Ask the archive",
    "Publish": "Publish and check",
    "Plan": "Plan the week",
    "Conversation": "This conversation",
    "Garden": "This garden",
    "Application": "pmagent",
}
_ORIGINS = {"shipped": "Jobs that ship", "project": "Of this garden", "user": "Your own"}
_TYPED = (
    "A question is answered from the archive. `/` begins a command, `!` a shell command, `@` names "
    "a file or a passage such as `@ep-041#12:44`. `?` on an empty line tells what is going on."
)


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The whole list; with a name, that command alone."""
    rows = bench.talk.commands()
    built = builtins()
    name = argument.strip().removeprefix("/").casefold()
    text = one_markdown(name, rows, built) if name else help_markdown(rows, built)
    yield Screen(name="help", argument=name, text=text)


def help_markdown(rows: Sequence[CommandRow], built: Sequence[Builtin]) -> str:
    """Every command, by what it is for; those from files by where they come from."""
    groups = {one.name: GROUPS[one.group] for one in built}
    sections: dict[str, list[str]] = {title: [] for title in _titles(rows, groups)}
    for row in rows:
        sections[_title(row, groups)].append(item(f"{code(_typed(row))}: {plain(row.summary)}"))
    blocks = [f"## {title}\n\n" + "\n".join(held) for title, held in sections.items() if held]
    return page("# Help", wrap(_TYPED), *blocks, f"One command: {code('/help NAME')}")


def one_markdown(name: str, rows: Sequence[CommandRow], built: Sequence[Builtin]) -> str:
    """What one command does and takes.

    Raises:
        UsageError: there is none of that name; the hint names the nearest.
    """
    row = next((row for row in rows if name == row.name or name in row.aliases), None)
    if row is None:
        names = [known for row in rows for known in (row.name, *row.aliases)]
        near = get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f'did you mean "/{near[0]}"?' if near else '"/help" lists them all'
        raise UsageError(f'there is no command "/{plain(name)}"', hint)
    details = next((one.details for one in built if one.name == row.name), "")
    also = ", ".join(code(f"/{alias}") for alias in row.aliases)
    return page(
        f"# /{plain(row.name)}",
        wrap(f"{plain(row.summary)}."),
        wrap(f"To type: {code(_typed(row))}"),
        wrap(f"Also: {also}") if also else "",
        wrap(details),
        f"Origin: {plain(row.origin)}",
    )


def _titles(rows: Sequence[CommandRow], groups: Mapping[str, str]) -> list[str]:
    """The headings in order: what is asked, the jobs, then the rest of what is built in."""
    asked, *others = GROUPS.values()
    named = [*_ORIGINS.values(), *sorted({_title(row, groups) for row in rows})]
    return list(dict.fromkeys((asked, *named[:1], *others, *named)))


def _title(row: CommandRow, groups: Mapping[str, str]) -> str:
    origin = row.origin
    if origin == "built in":
        return groups.get(row.name, GROUPS["Application"])
    return _ORIGINS.get(origin, f"From {plain(origin)}")


def _typed(row: CommandRow) -> str:
    return f"/{row.name} {row.argument_hint}".rstrip()


builtin = Builtin(
    name="help",
    aliases=("keys", "commands"),
    group="Application",
    summary="Every command with what it takes, or one of them",
    argument_hint="[NAME]",
    run=run,
)
