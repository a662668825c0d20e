"""`/prd TOPIC`: a requirements page of what the archive says, and nothing that it does not.

Each section holds sentences that stand in files, or says that no file speaks of it. The few lines
that are ours are marked as assumptions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pmagent.discourse.lines import cite
from pmagent.discourse.salience import stands_alone
from pmagent.insights._evidence import Told
from pmagent.insights._page import ASSUMPTION, Page, slug_of
from pmagent.insights._topic_page import (
    Sorted,
    is_goal,
    is_metric,
    is_non_goal,
    is_problem,
    is_requirement,
    is_risk,
    is_want,
    names_in,
    show,
    show_clash,
    sort_topic,
)
from pmagent.types.insights import Archive, Draft, Insight

USAGE = "prd"


def prd(arguments: Sequence[str], archive: Archive) -> Draft:
    """A requirements page on a topic.

    Raises:
        UsageError: no topic is named.
    """
    known = sort_topic(arguments, archive, usage=USAGE)
    page = Page(archive, f"PRD: {known.topic}")
    saved = f"drafts/prd/{slug_of(known.topic)}.md"
    if not known.evidence.is_enough:
        told = f'the archive says nothing of "{known.topic}"'
        page.say(f"{told[0].upper()}{told[1:]}. Nothing can be written from it; nearest passages:")
        for hit in known.evidence.found.hits[:3]:
            page.item(f"“{hit.quote}” {page.source(hit.citation)}")
        return page.draft(path=saved, abstained=told)
    shelf = _Shelf(page, known)
    shelf.section("Problem", is_problem, limit=4)
    shelf.section("What people ask for", is_want, limit=4)
    _who(page, known, archive)
    shelf.section("Goals", is_goal, limit=4)
    shelf.section("Non-goals", is_non_goal, limit=4)
    shelf.section("Requirements", is_requirement, limit=6)
    shelf.section("Metrics", is_metric, limit=6)
    shelf.section("Risks", is_risk, limit=5)
    shelf.section("Further evidence", _says_something, limit=5)
    _disagreements(page, known)
    _questions(page, known)
    return page.draft(path=saved)


class _Shelf:
    """Puts each sentence in the first section it fits, so that none stands twice."""

    def __init__(self, page: Page, known: Sorted) -> None:
        self._page = page
        self._known = known
        self._used: set[tuple[str, int]] = set()

    def section(self, title: str, fits: Callable[[Told], bool], *, limit: int) -> None:
        """The nearest sentences that fit and stand nowhere else yet, or that there are none."""
        self._page.head(title)
        chosen = self._known.pick(
            lambda told: _key(told) not in self._used and fits(told), limit=limit
        )
        for told in sorted(chosen, key=lambda one: (one.citation.date, one.line.passage.path)):
            self._used.add(_key(told))
            show(self._page, told, before=str(told.citation.date))
        if not chosen:
            self._page.say("No file says anything of this.")


def _says_something(told: Told) -> bool:
    line = told.line
    return not line.is_question and len(line.words) > 5 and stands_alone(line.text)


def _key(told: Told) -> tuple[str, int]:
    return told.line.passage.id, told.line.start


def _who(page: Page, known: Sorted, archive: Archive) -> None:
    page.head("Who")
    for item in names_in(known, archive):
        times = f"named {item.count} times" if item.count > 1 else "named once"
        page.item(f"**{item.text}**, {times}, first {page.source(cite(archive, item.line))}")
    voices = [f"{name} ({count})" for name, count in known.people[:6]]
    if voices:
        page.item(f"Who speaks of it stands for who will use it {ASSUMPTION}: {', '.join(voices)}")
    else:
        page.say("No file says whom this is for.")


def _disagreements(page: Page, known: Sorted) -> None:
    page.head("Where the archive does not agree")
    for clash in known.clashes:
        show_clash(page, clash)
    if not known.clashes:
        page.say("No two sentences were found that contradict each other.")


def _questions(page: Page, known: Sorted) -> None:
    page.head("Open questions")
    for question, _ in known.questions[:8]:
        page.quote(question.line)
        if question.reply is not None:
            page.quote(question.reply, before="left at", depth=1)
    if not known.questions:
        page.say("No file leaves a question open on this.")


insight = Insight(name=USAGE, run=prd)
