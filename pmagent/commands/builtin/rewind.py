"""`/rewind`: go on from before a turn: the conversation, the files, or both; shown first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, cast

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin.undo import changes_markdown
from pmagent.commands.markdown import code, page, plain, shorten, when, wrap
from pmagent.errors import UsageError
from pmagent.nlp.counted import counted
from pmagent.safe_text import safe_text
from pmagent.types.sessions import TurnRow
from pmagent.types.turns import Said, Screen, TurnEvent

What = Literal["talk", "files", "both"]
LISTED = 30


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The turns; with a number, what going back takes; with `talk`, `files` or `both`, does it."""
    words = argument.split()
    turns = [turn for turn in bench.talk.turns() if turn.typed]
    if not words:
        yield Screen(name="sessions", argument="turns", text=turns_markdown(turns))
        return
    number = _number(words[0], len(turns))
    what = words[1] if len(words) > 1 else ""
    if what not in {"", "talk", "files", "both"} or len(words) > 2:
        raise UsageError(f'"{plain(argument)}" is not understood', "write /rewind 3 both")
    since = turns[number - 1 :]
    points = [point for turn in since for point in turn.checkpoints]
    if not what:
        yield Said(text=_preview(number, since, points, bench))
        return
    yield Said(text=_rewind(cast("What", what), since, points, bench))


def turns_markdown(turns: Sequence[TurnRow]) -> str:
    """Numbered from the first, oldest first."""
    if not turns:
        return "Nothing was said in this conversation yet, so there is nothing to go back to."
    rows = [
        wrap(_row(turn), first=f"{number}. ", rest=" " * (len(str(number)) + 2))
        for number, turn in enumerate(turns, start=1)
    ]
    how = f"What going back would do: {code('/rewind NUMBER')}. Nothing is changed by that."
    return page("# Turns", "\n".join(rows[-LISTED:]), wrap(how))


def _row(turn: TurnRow) -> str:
    changed = f" ({counted(len(turn.checkpoints), 'change')} to files)" if turn.checkpoints else ""
    return f"{when(turn.at)} {shorten(turn.typed, 100)}{changed}"


def _number(word: str, last: int) -> int:
    if not word.isdigit() or not 1 <= int(word) <= last:
        says = f"there are {counted(last, 'turn')}" if last else "there is no turn yet"
        raise UsageError(f'"{plain(word)}" is no number of a turn: {says}', '"/rewind" lists them')
    return int(word)


def _preview(number: int, since: Sequence[TurnRow], points: Sequence[str], bench: Bench) -> str:
    lost = counted(len(since), "turn")
    head = f"Going back to before turn {number} takes {lost} out of what the model is told. "
    head += "They stay in the record."
    files = "No file was changed since."
    if points:
        changes, conflicts = bench.garden.preview_undo(points[0], rewind=True)
        files = page("The files would change so:", changes_markdown(changes, conflicts))
    ways = [f"- {code(f'/rewind {number} talk')}: the conversation alone"]
    if points:
        ways.append(f"- {code(f'/rewind {number} files')}: the files alone")
        ways.append(f"- {code(f'/rewind {number} both')}: both")
    return page(wrap(head), files, "\n".join(ways))


def _rewind(what: What, since: Sequence[TurnRow], points: Sequence[str], bench: Bench) -> str:
    first = since[0]
    if what != "talk" and not points:
        raise UsageError("no file was changed since that turn", "write talk in its place")
    if what == "files":
        done = bench.garden.undo(points[0], rewind=True)
        return wrap(
            f"The files are as they were before {when(first.at)}; the conversation stays. To "
            f"bring the changes again: {code(f'/undo {done.id}')}"
        )
    typed = bench.talk.rewind(first.turn, files=what == "both")
    files = "the files too" if what == "both" else "the files stay as they are"
    said = "\n".join(f"    {line}".rstrip() for line in safe_text(typed, newlines=True).split("\n"))
    return page(
        wrap(f"The conversation goes on from before {when(first.at)}; {files}. You had typed:"),
        said,
    )


builtin = Builtin(
    name="rewind",
    group="Conversation",
    summary="Go on from before a turn: the conversation, the files, or both",
    argument_hint="[NUMBER [talk | files | both]]",
    details="`/rewind` lists the turns, `/rewind 3` shows what would change. Both change nothing.",
    run=run,
)
