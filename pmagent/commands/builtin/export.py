"""`/export`: this conversation as Markdown or JSON, here or in a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, plain, wrap
from pmagent.errors import UsageError
from pmagent.types.actions import Denied, Done, Failed, Outcome, Unanswered
from pmagent.types.turns import Noted, Said, TurnEvent

Form = Literal["markdown", "json"]
_FORMS: dict[str, Form] = {"markdown": "markdown", "md": "markdown", "json": "json"}


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The text itself; with a path, a file through the gate like any other."""
    form, path = _wish(argument)
    text = bench.talk.export(form)
    if not text.strip():
        yield Noted(text="nothing was said in this conversation yet", hint="ask something first")
        return
    if path:
        given = {"file_path": path, "content": text}
        outcome = bench.garden.perform("Write", given, why="/export, asked for by you")
        yield _told(outcome, path)
        return
    # Four blanks make a code block of it, and it is the same JSON to whoever parses it.
    is_json = form == "json"
    yield Said(text="\n".join(f"    {x}" for x in text.split("\n")) if is_json else text)


def _wish(argument: str) -> tuple[Form, str]:
    """The form and the path that are asked for.

    Raises:
        UsageError: the path's ending is of no form.
    """
    first, _, rest = argument.strip().partition(" ")
    form = _FORMS.get(first)
    path = (rest if form else argument).strip().strip("\"'")
    if form is None:
        form = _FORMS.get(path.rpartition(".")[2]) if path else "markdown"
    if form is None:
        raise UsageError(
            f'"{plain(path)}" is neither Markdown nor JSON',
            "write /export, /export json, or /export drafts/talk.md",
        )
    return form, path


def _told(outcome: Outcome, path: str) -> TurnEvent:
    match outcome:
        case Done(checkpoint=checkpoint):
            back = f" To take it back: {code(f'/undo {checkpoint}')}" if checkpoint else ""
            return Said(text=wrap(f"Written to {code(path)}.{back}"))
        case Denied(decision=decision):
            return Noted(text=f'"{path}" was not written: {decision.reason}', kind="warning")
        case Unanswered(decision=decision):
            return Noted(
                text=f'"{path}" was not written: it must be asked, and nobody answered: '
                f"{decision.reason}",
                kind="warning",
                hint='"/export" without a path writes it here',
            )
        case Failed(message=message, hint=hint):
            return Noted(text=message, kind="error", hint=hint)


builtin = Builtin(
    name="export",
    group="Conversation",
    summary="This conversation as Markdown or JSON, here or in a file",
    argument_hint="[markdown | json] [PATH]",
    details=(
        "`/export drafts/talk.md` writes a file, asked for like any other. Without a path the "
        "text is given here: `pmagent run -c /export > talk.md`."
    ),
    run=run,
)
