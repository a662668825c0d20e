"""`/kit`: everything that can be drafted from one transcript, to edit, to check, to save."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin._kits import kit_of
from pmagent.errors import PmagentError
from pmagent.types.actions import Denied, Done, Failed, Unanswered
from pmagent.types.jobs import Saved
from pmagent.types.publishing import Kit
from pmagent.types.turns import Noted, Screen, TurnEvent

SAVE_FLAG = "--save"


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The kit on its screen, or written below `drafts/kits/`."""
    is_saved = SAVE_FLAG in argument.split()
    kit = kit_of(argument.replace(SAVE_FLAG, ""), bench, "kit")
    for remark in kit.remarks:
        yield Noted(text=remark)
    if is_saved:
        yield from _save(kit, bench)
        return
    path = kit.transcript.document.path
    yield Screen(name="kit", argument=path, text=bench.jobs.page(kit, "kit"))


def _save(kit: Kit, bench: Bench) -> Iterator[TurnEvent]:
    for saved in bench.jobs.save(kit):
        yield _told(saved)
        for problem in saved.problems:
            yield Noted(text=f'"{saved.path}": {problem}')


def _told(saved: Saved) -> Noted:
    match saved.outcome:
        case Done(checkpoint=checkpoint):
            hint = f'take it back with "/undo {checkpoint}"' if checkpoint else ""
            return Noted(text=f'saved as "{saved.path}"', hint=hint)
        case Denied(decision=decision, note=note):
            why = note or decision.reason
            return Noted(text=f'not saved as "{saved.path}": {why}', kind="warning")
        case Unanswered():
            text = f'"{saved.path}" waits for your yes: not saved'
            return Noted(text=text, kind="warning", hint="run it where you can answer")
        case Failed(message=message, hint=hint):
            raise PmagentError(f'not saved as "{saved.path}": {message}', hint)


builtin = Builtin(
    name="kit",
    aliases=("draft",),
    group="Publish",
    summary="A publishing kit of one transcript: titles, chapters, notes, quotes, mentions",
    argument_hint="FILE [--save]",
    details=(
        "In the application it opens a screen where chapters can be moved, split and renamed. "
        "`--save` writes every format below `drafts/kits/`: Markdown, HTML, a Ghost card, chapters "
        "for podcast players and YouTube, captions."
    ),
    run=run,
)
