"""`/quotes [FILE|QUESTION]`: three to seven passages worth quoting, word for word.

A quote is one sentence, or two or three that one person says in a row, that a stranger understands
and that says something: no filler, no loose "it" at its start, nothing cut, no two alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pmagent.discourse.acts import quoted_through
from pmagent.discourse.lines import Line, Talk, lines_of, read_talk, topic_of, weigh
from pmagent.discourse.salience import Ground, is_clear, is_greeting, is_torn, stands_alone
from pmagent.insights._named import file_named
from pmagent.insights._others import other_texts
from pmagent.insights._page import Page, slug_of
from pmagent.types import Query
from pmagent.types.insights import Archive, Draft, Insight

MOST = 7
FEWEST_WORDS, MOST_WORDS = 9, 55
"""Of a quote."""
PER_SPEAKER = 4
_CRAFT = re.compile(
    r"""(?ix)\b(?: never|nobody|always|nothing|everything|only|isn['’]t|aren['’]t|don['’]t
    |not\s\w+(?:\s\w+){0,4},?\s(?:but|it['’]s|they)|instead|rather\sthan|than
    |the\s(?:only|whole|entire|real|best|worst|point|trick|hard|problem|rule|lesson)|should|wrong
    |truth|promise|honest\w*|mistake|learn\w*|matters?|believe|love|hate|afraid|ashamed
    |fear )\b"""
)
_CHAT = re.compile(
    r"(?i)\b(?:i'm going to|let me|i'll|you asked|as (?:i|you) said|tell (?:people|us|me)"
    r"|for the tape|laughter|dollars a month for)\b"
)


@dataclass(frozen=True, kw_only=True)
class _Quote:
    lines: tuple[Line, ...]
    worth: float

    @property
    def keys(self) -> frozenset[str]:
        return frozenset[str]().union(*(line.keys for line in self.lines))


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
        candidates = _candidates(talk, ground)
        title, saved = f"Quotes: {talk.document.title}", path.rpartition("/")[2].rpartition(".")[0]
    elif asked:
        candidates = _found(archive, asked)
        title, saved = f"Quotes: {asked}", asked
    else:
        candidates = _of_all(archive)
        title, saved = "Quotes", "archive"
    page = Page(archive, title)
    chosen = _chosen(candidates)
    for quote in chosen:
        _show(page, archive, quote)
    abstained = "" if chosen else "nothing here stands by itself well enough to be quoted"
    if abstained:
        page.say(f"{abstained[0].upper()}{abstained[1:]}.")
    return page.draft(path=f"drafts/quotes/{slug_of(saved)}.md", abstained=abstained)


def _candidates(talk: Talk, ground: Ground) -> list[_Quote]:
    quoted = quoted_through(talk)
    found: list[_Quote] = []
    for turn in talk.turns:
        for start, first in enumerate(turn):
            if first.number in quoted or not stands_alone(first.text):
                continue
            for size in (1, 2, 3):
                lines = turn[start : start + size]
                if len(lines) == size and _is_quotable(lines):
                    found.append(_Quote(lines=lines, worth=_worth(lines, ground)))
    return found


def _is_quotable(lines: Sequence[Line]) -> bool:
    words = sum(len(line.words) for line in lines)
    text = " ".join(line.text for line in lines)
    if not FEWEST_WORDS <= words <= MOST_WORDS or lines[0].passage.id != lines[-1].passage.id:
        return False
    if not all(line.is_whole and is_clear(line.text) for line in lines) or lines[-1].is_question:
        return False
    is_ended = lines[-1].text.rstrip("\"'”’)").endswith((".", "!"))
    return (
        is_ended
        and text.count("(") == text.count(")")
        and not is_torn(text)
        and not is_greeting(text)
        and not _CHAT.search(text)
    )


def _worth(lines: Sequence[Line], ground: Ground) -> float:
    """How much it says, and how well it is put; short ones before long ones."""
    text = " ".join(line.text for line in lines)
    words = sum(len(line.words) for line in lines)
    keys = frozenset[str]().union(*(line.keys for line in lines))
    said = sum(ground.weight(key) for key in sorted(keys)) / (words * 0.5 + 8)
    craft = min(3, len(_CRAFT.findall(text)))
    fit = 0.15 * (14 <= words <= 36) - 0.01 * max(0, words - 36) - 0.12 * (len(lines) - 1)
    is_headed = 0.1 * (lines[0].number == 0)
    figures = 0.05 * sum(character.isdigit() for character in text)
    return said + 0.16 * craft + fit - is_headed - min(0.3, figures)


def _found(archive: Archive, asked: str) -> list[_Quote]:
    """Quotes in the passages that answer, nearest to the question first."""
    found = archive.search(Query(text=asked, limit=30))
    if not found.hits or found.confidence < found.threshold:
        return []
    wanted = topic_of(asked)
    quotes: list[_Quote] = []
    for rank, hit in enumerate(found.hits):
        lines = lines_of(hit.passage)
        for start, first in enumerate(lines):
            for size in (1, 2):
                group = lines[start : start + size]
                is_turn = len({line.turn for line in group}) == 1
                if len(group) < size or not is_turn or not stands_alone(first.text):
                    continue
                keys = frozenset[str]().union(*(line.said for line in group))
                if wanted & keys and _is_quotable(group):
                    craft = 0.16 * min(3, len(_CRAFT.findall(" ".join(one.text for one in group))))
                    near = weigh(wanted & keys) / (weigh(wanted) or 1.0)
                    worth = near + craft - 0.03 * rank - 0.1 * (size - 1)
                    quotes.append(_Quote(lines=group, worth=worth))
    return quotes


def _of_all(archive: Archive) -> list[_Quote]:
    """The best quote of each of up to twelve documents spread over the archive."""
    paths = archive.paths()
    step = max(1, len(paths) // 12)
    best: list[_Quote] = []
    for path in paths[::step][:12]:
        talk = read_talk(archive, path)
        found = _candidates(talk, Ground(talk))
        best += sorted(found, key=lambda quote: (-quote.worth, quote.lines[0].number))[:1]
    return best


def _chosen(candidates: Sequence[_Quote]) -> tuple[_Quote, ...]:
    """The best, of different words, places and speakers, in the order they stand."""
    ranked = sorted(
        candidates,
        key=lambda quote: (-quote.worth, quote.lines[0].passage.path, quote.lines[0].number),
    )
    taken: list[_Quote] = []
    for quote in ranked:
        if len(taken) == MOST:
            break
        speaker = quote.lines[0].speaker
        same = sum(1 for other in taken if other.lines[0].speaker == speaker)
        if (speaker and same >= PER_SPEAKER) or any(_alike(quote, other) for other in taken):
            continue
        taken.append(quote)
    return tuple(sorted(taken, key=_order))


def _order(quote: _Quote) -> tuple[str, int, int]:
    first = quote.lines[0]
    return first.passage.path, first.passage.position, first.start


def _alike(one: _Quote, other: _Quote) -> bool:
    shared = len(one.keys & other.keys) / (min(len(one.keys), len(other.keys)) or 1)
    is_same = one.lines[0].passage.id == other.lines[0].passage.id
    return shared > 0.4 or is_same


def _show(page: Page, archive: Archive, quote: _Quote) -> None:
    first, last = quote.lines[0], quote.lines[-1]
    text = first.passage.text[first.start : last.end]
    citation = archive.citation(first.passage, first.start, last.end)
    page.item(f"“{text}” {page.source(citation)}")


insight = Insight(name="quotes", run=quotes)
