"""`/quotes [FILE|QUESTION]`: three to seven passages worth quoting, word for word.

A quote is one sentence, or two or three that one person says in a row, that a stranger understands
and that says something: no filler, no loose "it" at its start, nothing cut, no two alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.discourse.lines import lines_of, read_talk, topic_of, weigh
from pmagent.discourse.salience import Ground, stands_alone
from pmagent.insights._named import file_named
from pmagent.insights._others import other_texts
from pmagent.insights._page import Page, slug_of
from pmagent.publish.quoting import (
    Quotable,
    choose,
    cite_quotable,
    craft_of,
    is_quotable,
    quotables_of,
)
from pmagent.types import Query
from pmagent.types.insights import Archive, Draft, Insight


def quotes(arguments: Sequence[str], archive: Archive) -> Draft:
    """Quotable passages of a file, of what answers a question, or of the whole archive.

    Raises:
        UsageError: no file, or several, fit the name.
    """
    asked = " ".join(arguments).strip()
    path = file_named(asked, archive)
    if path:
        talk = read_talk(archive, path)
        ground = Ground(talk, other_texts(archive, path))
        candidates = quotables_of(talk, ground)
        title, saved = f"Quotes: {talk.document.title}", path.rpartition("/")[2].rpartition(".")[0]
    elif asked:
        candidates = _found(archive, asked)
        title, saved = f"Quotes: {asked}", asked
    else:
        candidates = _of_all(archive)
        title, saved = "Quotes", "archive"
    page = Page(archive, title)
    chosen = choose(candidates)
    for quote in chosen:
        page.item(f"“{quote.text}” {page.source(cite_quotable(archive, quote))}")
    abstained = "" if chosen else "nothing here stands by itself well enough to be quoted"
    if abstained:
        page.say(f"{abstained[0].upper()}{abstained[1:]}.")
    return page.draft(path=f"drafts/quotes/{slug_of(saved)}.md", abstained=abstained)


def _found(archive: Archive, asked: str) -> list[Quotable]:
    """Quotes in the passages that answer, nearest to the question first."""
    found = archive.search(Query(text=asked, limit=30))
    if not found.hits or found.confidence < found.threshold:
        return []
    wanted = topic_of(asked)
    quotes: list[Quotable] = []
    for rank, hit in enumerate(found.hits):
        lines = lines_of(hit.passage)
        for start, first in enumerate(lines):
            for size in (1, 2):
                group = lines[start : start + size]
                is_turn = len({line.turn for line in group}) == 1
                if len(group) < size or not is_turn or not stands_alone(first.text):
                    continue
                keys = frozenset[str]().union(*(line.said for line in group))
                if wanted & keys and is_quotable(group):
                    near = weigh(wanted & keys) / (weigh(wanted) or 1.0)
                    worth = near + 0.16 * craft_of(group) - 0.03 * rank - 0.1 * (size - 1)
                    quotes.append(Quotable(lines=group, worth=worth))
    return quotes


def _of_all(archive: Archive) -> list[Quotable]:
    """The best quote of each of up to twelve documents spread over the archive."""
    paths = archive.paths()
    step = max(1, len(paths) // 12)
    best: list[Quotable] = []
    for path in paths[::step][:12]:
        talk = read_talk(archive, path)
        found = quotables_of(talk, Ground(talk))
        best += sorted(found, key=lambda quote: (-quote.worth, quote.lines[0].number))[:1]
    return best


insight = Insight(name="quotes", run=quotes)
