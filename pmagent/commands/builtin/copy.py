"""`/copy`: the last answer, for the clipboard."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import plain
from pmagent.errors import UsageError
from pmagent.nlp.counted import counted
from pmagent.types.turns import Noted, Screen, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The text to copy, as Markdown; the front end has the clipboard."""
    wish = argument.strip() or "1"
    answers = [turn.shown for turn in bench.talk.turns() if turn.shown]
    if not answers:
        yield Noted(text="there is no answer to copy yet", hint="ask something first")
        return
    if not wish.isdigit() or not 1 <= int(wish) <= len(answers):
        raise UsageError(
            f'"{plain(wish)}" is no number of an answer: there are '
            f"{counted(len(answers), 'answer')}",
            "write /copy for the last, /copy 2 for the one before",
        )
    yield Screen(name="copy", argument=wish, text=answers[-int(wish)])


builtin = Builtin(
    name="copy",
    group="Conversation",
    summary="Copy the last answer as Markdown",
    argument_hint="[N]",
    details="`/copy 2` copies the answer before the last.",
    run=run,
)
