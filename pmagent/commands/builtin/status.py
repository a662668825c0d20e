"""`/status`: the conversation and the index in numbers, and every file that cannot be searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, items, page, plain, wrap
from pmagent.nlp.counted import counted
from pmagent.types import FileState, Status
from pmagent.types.conversing import Conversation
from pmagent.types.turns import Screen, TurnEvent

LISTED = 20
_ORDER = ("failed", "waiting", "skipped", "indexed")
_TITLES = {
    "failed": "Failed",
    "waiting": "Not read yet",
    "skipped": "Skipped on purpose",
    "indexed": "Read around damage",
}


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The numbers, what is degraded, and the files with a reason; `all` lists every file."""
    is_all = argument.strip() == "all"
    status = bench.garden.status()
    text = page(
        "# Status",
        items(_facts(status, bench.talk)),
        _notes(status),
        *(_listed(status, state, is_all=is_all) for state in _ORDER),
        _foot(status),
    )
    yield Screen(name="status", argument=argument.strip(), text=text)


def _facts(status: Status, talk: Conversation) -> list[str]:
    coverage = status.coverage
    meaning = coverage.with_meaning / max(1, coverage.passages)
    counts = ", ".join(f"{status.count(state):,} {state}" for state in reversed(_ORDER))
    return [
        f"Garden: {code(status.root)}",
        f"Files: {counts}",
        f"Searchable: {counted(coverage.documents, 'file')}, "
        f"{counted(coverage.passages, 'passage')} by words, {meaning:.0%} of them by meaning",
        f"Embedder: {plain(status.embedder)}",
        f"Model: {code(talk.model.alias or talk.model.id)}",
        f"Conversation: {code(talk.session.id)} {plain(talk.session.name)}".rstrip(),
    ]


def _notes(status: Status) -> str:
    busy = ["It is being indexed now."] if status.is_being_indexed else []
    return items([*busy, *(plain(note) for note in status.notes)])


def _listed(status: Status, state: str, *, is_all: bool) -> str:
    held = [
        file
        for file in status.files
        if file.state == state and (is_all or state != "indexed" or file.reason)
    ]
    if not held:
        return ""
    shown = held if is_all else held[:LISTED]
    left = len(held) - len(shown)
    more = f"\n- and {left:,} more: `/status all`" if left else ""
    title = "Indexed" if is_all and state == "indexed" else _TITLES[state]
    return f"## {title} ({len(held):,})\n\n{items(_rows(shown))}{more}"


def _rows(files: Sequence[FileState]) -> list[str]:
    return [
        f"{code(file.path)}: {plain(file.reason)}"
        if file.reason
        else f"{code(file.path)}"
        + (f", {counted(file.passages, 'passage')}" if file.passages else "")
        for file in files
    ]


def _foot(status: Status) -> str:
    if status.count("waiting") and not status.is_being_indexed:
        return wrap('"/index" reads what is not read yet.')
    return ""


builtin = Builtin(
    name="status",
    group="Garden",
    summary="What is indexed, waiting, skipped or failed, and why",
    argument_hint="[all]",
    run=run,
)
