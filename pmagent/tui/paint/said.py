"""What can be said in a conversation, and the welcome that stands there first.

Light on purpose: the first frame needs no more than this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pmagent.tui.paint.lines import PageBuilder, clip_text, span, wrap

if TYPE_CHECKING:
    from pmagent.types import Abstention, Answer, Citation, Map
    from pmagent.types.actions import Outcome

MAX_TEXT_WIDTH = 96


@dataclass(frozen=True)
class Source:
    """A cited place that can be opened, and the words it is cited for."""

    citation: Citation
    quote: str


@dataclass(frozen=True)
class Cited:
    """A place that an answer names, such as `notes/pricing.md:42`."""

    place: str


@dataclass(frozen=True)
class Suggestion:
    """A question that can be asked by choosing it."""

    text: str


@dataclass(frozen=True)
class MapLink:
    """A where-map that can be opened again."""

    map: Map | Abstention


@dataclass(frozen=True)
class Note:
    """A sentence of pmagent's own; `is_error` for what went wrong."""

    text: str
    hint: str = ""
    is_error: bool = False


@dataclass(frozen=True)
class Ran:
    """A command that was typed, and what came of it; None while it runs."""

    outcome: Outcome | None = None
    is_open: bool = False
    """Whether all of its output is shown."""


@dataclass(frozen=True)
class Welcome:
    """What an empty conversation shows."""

    suggestions: tuple[str, ...] = ()
    is_empty: bool = False
    """Whether nothing of the garden can be searched yet."""


class Growing:
    """Something that is still being said: `version` rises with every change."""

    version = 0

    def guess(self, width: int) -> int:
        """About how many lines it takes."""
        del width
        return 6


Said: TypeAlias = "Answer | Abstention | MapLink | Note | Welcome | Growing"


def paint_welcome(builder: PageBuilder, said: Welcome, width: int) -> None:
    """Add what can be asked, and how."""
    text_width = min(width, MAX_TEXT_WIDTH)
    builder.add(span("Ask your own archive", "title"))
    builder.add_all(
        wrap((span("Every answer names the file, the line and the time it was said.", "quiet"),),
             text_width)
    )  # fmt: skip
    builder.add()
    for number, text in enumerate(said.suggestions, 1):
        spans = (span(f"{number}  ", "cite"), span(clip_text(span(text).text, text_width - 3)))
        builder.add_item(Suggestion(text=text), (spans,))
    if said.suggestions:
        builder.add()
    builder.add_all(
        wrap((span("A plain question", "key"), span(" gives a short cited answer", "quiet")),
             text_width)
    )  # fmt: skip
    builder.add_all(
        wrap((span("/where", "key"), span(" maps every mention over time", "quiet")), text_width)
    )
    builder.add_all(wrap((span("/", "key"), span(" lists every command", "quiet")), text_width))
    if said.is_empty:
        words = "The files are being read; ask as soon as the first are in."
        builder.add()
        builder.add_all(wrap((span(words, "warn"),), text_width))
    builder.add()
