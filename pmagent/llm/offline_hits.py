"""What the tool `Search` found, as a short cited answer; or that the archive does not say it.

Only words the tool gave are shown, each with its place: nothing is rephrased.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pmagent.llm.offline_turn import shown_of
from pmagent.types.actions import Json
from pmagent.types.talk import ToolAnswer

SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class HitRow:
    """One passage of a search's answer."""

    quote: str
    place: str
    """`notes/pricing.md:42`."""
    label: str
    speaker: str
    date: str

    @property
    def line(self) -> str:
        """As an item of a list: who, when, the words, the place."""
        who = f"{self.speaker}, " if self.speaker else ""
        return f'- {who}{self.date}: "{self.quote}" [{self.place}]'


def hits_of(answer: ToolAnswer, *, shown: int = SHOWN) -> str:
    """The best passages of a search, cited; the plain words of the tool where it has no rows."""
    rows = read_rows(answer)
    if not rows:
        return shown_of(answer) if not answer.data else "The archive does not speak of it."
    sure = _sureness(answer)
    if sure is not None and sure[0] < sure[1]:
        lead = (
            "The archive does not seem to say this: the confidence "
            f"{sure[0]:.2f} is below the threshold {sure[1]:.2f}. Nearest:"
        )
        return "\n".join((lead, "", *(row.line for row in rows[:3])))
    foot = f"\n\nConfidence {sure[0]:.2f}, threshold {sure[1]:.2f}." if sure is not None else ""
    return "\n".join(row.line for row in rows[:shown]) + foot


def read_rows(answer: ToolAnswer) -> tuple[HitRow, ...]:
    """The rows of a search's answer, best first."""
    listed = answer.data.get("hits")
    if isinstance(listed, str) or not isinstance(listed, Sequence):
        return ()
    return tuple(_row(item) for item in listed if isinstance(item, Mapping))


def _row(item: Mapping[str, Json]) -> HitRow:
    def text(name: str) -> str:
        found = item.get(name)
        return " ".join(found.split()) if isinstance(found, str) else ""

    return HitRow(
        quote=text("quote") or text("text"),
        place=text("source") or text("place"),
        label=text("place"),
        speaker=text("speaker"),
        date=text("date"),
    )


def _sureness(answer: ToolAnswer) -> tuple[float, float] | None:
    confidence, threshold = answer.data.get("confidence"), answer.data.get("threshold")
    if isinstance(confidence, float | int) and isinstance(threshold, float | int):
        return float(confidence), float(threshold)
    return None
