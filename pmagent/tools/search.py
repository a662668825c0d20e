"""Search: the passages of the archive that speak of something, with their places."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from pmagent.agent.labels import combine
from pmagent.agent.tool import Plan, Reach, Result
from pmagent.days import parse_day
from pmagent.tools._input import Input, bounded
from pmagent.types import Found, Hit, Query
from pmagent.types.actions import Json
from pmagent.types.documents import format_time

INDEX_PLAN = Plan(subject="the index", risk="only reads the index")
"""The trail says what was touched; what a person looks for is their own."""


class SearchInput(Input):
    """The question, and what to leave out."""

    query: Annotated[str, Field(min_length=1, max_length=10_000)]
    since: str = ""
    until: str = ""
    speaker: str = ""
    within: tuple[str, ...] = ()
    limit: Annotated[int, Field(ge=1, le=100)] = 10


class SearchTool:
    """Finds passages by words and meaning."""

    name = "Search"
    summary = "Passages of the archive that answer a question, with their places"
    Input = SearchInput

    def plan(self, given: SearchInput, reach: Reach) -> Plan:
        """Nothing is touched but the index."""
        del given, reach
        return INDEX_PLAN

    def run(self, given: SearchInput, plan: Plan, reach: Reach) -> Result:
        """Search, and cite."""
        del plan
        found = reach.search(make_query(given))
        labels = combine(*(reach.labels(hit.passage.path) for hit in found.hits))
        lines: list[str] = []
        rows: list[Json] = []
        for number, hit in enumerate(found.hits, start=1):
            label = hit.citation.label
            lines += [f"[{number}] {label}", hit.passage.text, ""]
            rows.append({
                "place": label,
                "text": hit.passage.text,
                "score": hit.score,
                **cited_row(hit),
            })
        text = bounded("\n".join(lines).strip()) or "the archive does not speak of it"
        private = "\n".join(hit.passage.text for hit in found.hits) if "private" in labels else ""
        return Result(
            text=text, data={"hits": rows, **sureness(found)}, labels=labels, private_text=private
        )


def cited_row(hit: Hit) -> dict[str, Json]:
    """What a hit's quote is cited by: `source` opens it, `time` is that of the recording."""
    cited = hit.citation
    start = cited.locator.start_ms
    return {
        "quote": hit.quote,
        "source": cited.place,
        "path": cited.path,
        "line": cited.locator.first_line,
        "time": format_time(start) if start is not None else "",
        "speaker": cited.speaker or "",
        "date": cited.date.isoformat(),
        "title": cited.title,
    }


def sureness(found: Found) -> dict[str, Json]:
    """How sure it is that the archive speaks of it, and from where on it counts."""
    return {
        "confidence": round(found.confidence, 4),
        "threshold": found.threshold,
        "intent": found.intent,
    }


def make_query(given: SearchInput) -> Query:
    """The search's own question.

    Raises:
        UsageError: a day is none.
    """
    return Query(
        text=given.query,
        since=_day(given.since, is_end=False),
        until=_day(given.until, is_end=True),
        speaker=given.speaker or None,
        within=given.within,
        limit=given.limit,
    )


def _day(text: str, *, is_end: bool) -> date | None:
    return parse_day(text, is_end=is_end, flag="until" if is_end else "since") if text else None


tool = SearchTool()
