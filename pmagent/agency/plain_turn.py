"""A turn that needed no model, as far as a person asks what it does."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pmagent.errors import ModelError, PmagentError
from pmagent.types.runs import Run
from pmagent.types.turns import EndReason, WhyCard, WhyLabel, WhyLine


@dataclass(frozen=True, kw_only=True)
class PlainTurn:
    """A turn without a model, as far as it is asked about."""

    typed: str
    span: str
    reason: EndReason | None = None
    """None while it runs."""

    def ended(self, reason: EndReason) -> PlainTurn:
        """The same, over."""
        return replace(self, reason=reason)

    def why(self) -> WhyCard:
        """What it does or did. No model has a part in it."""
        now = "at work on it" if self.reason is None else f"nothing: it ended ({self.reason})"
        next_one = "to show what came of it" if self.reason is None else "what you type"
        said: tuple[tuple[WhyLabel, str], ...] = (
            ("Goal", self.typed),
            ("Now", now),
            ("Why", "you typed it; no model decided anything"),
            ("Next", next_one),
            ("Spent", "no tokens, $0"),
        )
        lines = tuple(WhyLine(label=label, text=text, spans=(self.span,)) for label, text in said)
        return WhyCard(is_running=self.reason is None, lines=lines)


@dataclass(kw_only=True)
class Ending:
    """How a turn without a model ends. Work that knows better fills it in on its way."""

    reason: EndReason = "done"
    hint: str = ""
    fault: str = ""
    run: Run | None = None
    """The run of a procedure that the turn is."""
    review: str = ""
    """The id of the review that it waits for."""


def ending_of(exc: PmagentError) -> Ending:
    """The end of a turn that broke."""
    fault = exc.kind if isinstance(exc, ModelError) else type(exc).__name__
    return Ending(reason="failed", hint=exc.hint, fault=fault)
