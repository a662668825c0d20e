"""What a turn does as labelled lines, each written once: `pmagent:`, `tool:`, `note:`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pmagent.commands.replies import REASONS, reply_markdown, sources_of
from pmagent.plain.words import plain_lines, ready_part
from pmagent.safe_text import safe_text
from pmagent.types import Citation
from pmagent.types.actions import Denied, Done, Failed, Outcome, Unanswered
from pmagent.types.turns import (
    AgentBegan,
    AgentEnded,
    Found,
    Noted,
    Resumed,
    Said,
    Screen,
    ToolBegan,
    ToolEnded,
    TurnBegan,
    TurnEnded,
    TurnEvent,
)

Write = Callable[[str], None]
LABEL = "pmagent:"


class Teller:
    """Writes one turn after the other. Keeps the places that can be opened by their number."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._words = ""
        self._is_labelled = False
        self._told: set[str] = set()
        """The errors and hints of this turn, so that none is told twice."""
        self.sources: Sequence[Citation] = ()
        """The numbered places of the last reply that had any."""

    def tell(self, event: TurnEvent) -> None:
        """Write what there is to say of an event; most have nothing."""
        match event:
            case Said(text=text, agent=""):
                self._words += text
                end = ready_part(self._words)
                self._say(self._words[:end])
                self._words = self._words[end:]
            case Found(reply=reply, is_first=False):
                self._flush()
                self._say(reply_markdown(reply))
                self.sources = sources_of(reply)
                if self.sources:
                    self._write("Type a number to open that source")
            case Screen(text=text):
                self._flush()
                self._say(text)
            case TurnBegan():
                self._words, self._is_labelled = "", False
                self._told.clear()
            case TurnEnded():
                self._flush()
                self._end(event)
            case Noted(text=text, kind=kind, hint=hint):
                self._told.update({hint} if kind != "error" else {hint, text})
                self._put_line(*_told(event))
            case _:
                self._put_line(*_told(event))

    def _put_line(self, *lines: str) -> None:
        for line in lines:
            self._flush()
            self._is_labelled = False
            self._write(line)

    def _say(self, markdown: str) -> None:
        for line in plain_lines(markdown):
            label = "" if self._is_labelled else f"{LABEL} "
            self._is_labelled = True
            self._write(f"{label}{line}")

    def _flush(self) -> None:
        words, self._words = self._words, ""
        self._say(words)

    def _end(self, event: TurnEnded) -> None:
        self._is_labelled = False
        if event.is_partial:
            self._write("The words above were cut off")
        is_told = bool(self._told) and event.reason in {"failed", "unknown"}
        # How a run stands is told by the run.
        is_told = is_told or event.run is not None
        if event.reason != "done" and not is_told:
            self._write(f"{LABEL} {REASONS[event.reason]}")
        if event.hint and event.hint not in self._told:
            self._write(f"hint: {safe_text(event.hint)}")


def _told(event: TurnEvent) -> Iterator[str]:
    match event:
        case ToolBegan(step="", tool=tool, subject=subject, agent=""):
            yield f"tool: {safe_text(f'{tool} {subject}'.rstrip())}"
        case ToolBegan(step=step, tool=tool, subject=subject) if step:
            yield f"step {step}: {safe_text(f'{tool} {subject}'.rstrip())}"
        case ToolEnded(tool=tool, outcome=outcome):
            came = _came(outcome)
            if came:
                yield f"tool: {safe_text(f'{tool} {came}')}"
        case AgentBegan(name=name, task=task):
            yield f"agent: {safe_text(f'{name} begins: {task}')}"
        case AgentEnded(id=agent, reason=reason):
            ended = "is done" if reason == "done" else f"ended: {REASONS[reason]}"
            yield f"agent: {safe_text(agent)} {ended}"
        case Noted(text=text, kind=kind, hint=hint):
            word = kind if kind in {"warning", "error"} else "note"
            yield f"{word}: {safe_text(text)}"
            if hint:
                yield f"hint: {safe_text(hint)}"
        case Resumed():
            yield f"{LABEL} going on"
        case _:
            pass


def _came(outcome: Outcome) -> str:
    """What went otherwise than asked; empty where it was done."""
    match outcome:
        case Done():
            return ""
        case Denied(decision=decision, by="person"):
            return "was not done: you said no"
        case Denied(decision=decision):
            return f"was denied: {decision.reason}"
        case Unanswered(decision=decision):
            return f"was not done, because nobody answered: {decision.reason}"
        case Failed(message=message):
            return f"did not work: {message}"
