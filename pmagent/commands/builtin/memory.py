"""`/memory`: what is remembered across sessions, with its source and its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, items, page, plain, when, wrap
from pmagent.types.sessions import Fact
from pmagent.types.turns import Said, TurnEvent

_TITLES = {"policy": "How you want it", "fact": "Facts", "scratch": "Scratchpad"}


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """All of it; with words, what holds them."""
    words = plain(argument)
    facts = bench.memory()
    held = [fact for fact in facts if words.casefold() in fact.text.casefold()]
    if words and facts and not held:
        yield Said(text=wrap(f'Nothing that is remembered holds "{words}". All: {code("/memory")}'))
        return
    yield Said(text=memory_markdown(held))


def memory_markdown(facts: Sequence[Fact]) -> str:
    """By kind; each with where it was said, when it ends, and its file."""
    if not facts:
        return wrap(
            "Nothing is remembered yet. Say what to keep, such as: remember that prices are in "
            "euros. It is kept as Markdown that you can read and change."
        )
    blocks: list[str] = []
    for kind, title in _TITLES.items():
        rows = [_row(fact) for fact in facts if fact.kind == kind]
        if rows:
            blocks.append(f"## {title}\n\n{items(rows)}")
    return page("# Memory", *blocks)


def _row(fact: Fact) -> str:
    marks = [
        plain(fact.source),
        *([f"until {when(fact.expires)}"] if fact.expires else []),
        *([code(fact.name)] if fact.name else []),
    ]
    return f"{plain(fact.text)} ({', '.join(mark for mark in marks if mark)})"


builtin = Builtin(
    name="memory",
    group="Conversation",
    summary="What is remembered across conversations, and where it was said",
    argument_hint="[WORDS]",
    run=run,
)
