"""Where: a map of every mention, theme by theme, with dates and places."""

from __future__ import annotations

from pmagent.agent.labels import combine
from pmagent.agent.tool import Plan, Reach, Result
from pmagent.tools._input import bounded
from pmagent.tools.search import INDEX_PLAN, SearchInput, cited_row, make_query, sureness
from pmagent.types import Abstention
from pmagent.types.actions import Json


class WhereTool:
    """Draws the where-map."""

    name = "Where"
    summary = "A map of every mention in the archive: themes, dates, places"
    Input = SearchInput

    def plan(self, given: SearchInput, reach: Reach) -> Plan:
        """Nothing is touched but the index."""
        del given, reach
        return INDEX_PLAN

    def run(self, given: SearchInput, plan: Plan, reach: Reach) -> Result:
        """Draw it in words."""
        del plan
        reply = reach.where(make_query(given))
        if isinstance(reply, Abstention):
            near = "; ".join(hit.citation.label for hit in reply.nearest[:3])
            nearest: list[Json] = [
                {"place": hit.citation.label, **cited_row(hit)} for hit in reply.nearest
            ]
            labels = combine(*(reach.labels(hit.passage.path) for hit in reply.nearest))
            quotes = "\n".join(hit.quote for hit in reply.nearest)
            return Result(
                text=f"the archive does not speak of it; nearest: {near or 'nothing'}",
                data={"hits": [], "nearest": nearest, **sureness(reply.found)},
                labels=labels,
                private_text=quotes if "private" in labels else "",
            )
        hits = [hit for theme in reply.themes for hit in theme.hits]
        labels = combine(*(reach.labels(hit.passage.path) for hit in hits))
        lines: list[str] = []
        rows: list[Json] = []
        for theme in reply.themes:
            lines.append(f"## {theme.label} ({len(theme.hits)})")
            for hit in theme.hits:
                lines.append(f'- {hit.citation.date} {hit.citation.label}: "{hit.quote}"')
                place = hit.citation.label
                rows.append({"theme": theme.label, "place": place, **cited_row(hit)})
        private = "\n".join(hit.passage.text for hit in hits) if "private" in labels else ""
        return Result(
            text=bounded("\n".join(lines)),
            data={"hits": rows, **sureness(reply.found)},
            labels=labels,
            private_text=private,
        )


tool = WhereTool()
