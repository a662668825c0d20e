"""`/resume`: the conversations of this garden, and going on with one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, items, page, plain, shorten, when, wrap
from pmagent.errors import UsageError
from pmagent.nlp.counted import counted
from pmagent.types.conversing import Conversation
from pmagent.types.sessions import SessionRow
from pmagent.types.turns import Said, Screen, TurnEvent

LISTED = 20


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The list; with a name or id, that one goes on; with other words, those that speak of them."""
    wanted = argument.strip()
    talk = bench.talk
    if not wanted:
        text = sessions_markdown(talk.sessions(), now=talk.session.id)
        yield Screen(name="sessions", text=text)
        return
    try:
        row = talk.open_session(wanted)
    except UsageError as exc:
        near = talk.sessions(wanted)
        if not near:
            raise UsageError(exc.message, exc.hint or '"/resume" lists what there is') from exc
        text = sessions_markdown(near, now=talk.session.id, words=wanted)
        yield Screen(name="sessions", argument=wanted, text=text)
        return
    yield Said(text=_opened(row, talk))


def sessions_markdown(rows: Sequence[SessionRow], *, now: str, words: str = "") -> str:
    """Latest first, at most twenty."""
    held = [row for row in rows if row.turns or row.draft or row.id == now]
    if not held:
        return "There is no earlier conversation in this garden."
    head = f'Conversations that speak of "{plain(words)}"' if words else "Conversations"
    listed = [_row(row, is_now=row.id == now) for row in held[:LISTED]]
    left = len(held) - len(listed)
    more = f'{left} more are older; "/resume WORDS" finds those that speak of them.' if left else ""
    go_on = f"To go on with one: {code('/resume ID')}. To copy this one: {code('/fork')}."
    return page(f"# {head}", items(listed), wrap(more), wrap(go_on))


def _row(row: SessionRow, *, is_now: bool) -> str:
    marks = [
        counted(row.turns, "turn"),
        *(["this one"] if is_now else []),
        *([f"a copy of {plain(row.forked_from)}"] if row.forked_from else []),
        *(["with words not sent"] if row.draft else []),
    ]
    name = shorten(row.name or row.first, 60) or "(empty)"
    return f"{when(row.last)} {code(row.id)} {name} ({', '.join(marks)})"


def _opened(row: SessionRow, talk: Conversation) -> str:
    head = f'On with "{shorten(row.name or row.first, 60)}" ({code(row.id)}), '
    head += f"{counted(row.turns, 'turn')}, last on {when(row.last)}."
    turns = talk.turns()
    last = f"Last you said: {shorten(turns[-1].typed, 200)}" if turns else ""
    cut = "That turn was cut off." if turns and turns[-1].reason == "killed" else ""
    draft = f"Not sent: {shorten(row.draft, 400)}" if row.draft else ""
    return page(wrap(head), wrap(last), cut, wrap(draft))


builtin = Builtin(
    name="resume",
    aliases=("sessions", "continue"),
    group="Conversation",
    summary="The conversations of this garden; go on with one of them",
    argument_hint="[ID, NAME or WORDS]",
    details="In a terminal `pmagent --plain --continue` goes on with the latest.",
    run=run,
)
