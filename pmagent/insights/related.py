"""`/related FILE|TEXT`: where the archive says the same, goes on, or says otherwise, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pmagent.discourse.lines import Line, cite, read_talk, topic_of, weigh
from pmagent.discourse.parts import split_parts
from pmagent.discourse.salience import Ground, phrases_of, summarise
from pmagent.errors import UsageError
from pmagent.insights._evidence import Clash, Told, clash_of, nearest_line
from pmagent.insights._named import file_named
from pmagent.insights._others import other_texts
from pmagent.insights._page import Page, slug_of
from pmagent.nlp.keyphrases import key_of
from pmagent.types import Hit, Query
from pmagent.types.insights import Archive, Draft, Insight

MOST_DOCUMENTS = 8
MOST_SOURCES = 6
"""Sentences of the file that are looked for elsewhere."""
PER_DOCUMENT = 2
ENOUGH_SHARED = 1.8
"""Weight of the words that both must say: two, or one and two plain ones."""


@dataclass(frozen=True, kw_only=True)
class _Source:
    """What is looked for: a sentence of the file, or the words that were typed."""

    text: str
    keys: frozenset[str]
    line: Line | None = None


@dataclass(frozen=True, kw_only=True)
class _Match:
    source: _Source
    told: Told
    worth: float

    @property
    def shared(self) -> tuple[str, ...]:
        """Words both say, as the match says them."""
        keys = self.source.keys & self.told.line.said
        return tuple(dict.fromkeys(word for word in self.told.line.words if key_of(word) in keys))


def related(arguments: Sequence[str], archive: Archive) -> Draft:
    """Passages of other documents that speak of the same.

    Raises:
        UsageError: nothing is named, or no file fits the name.
    """
    asked = " ".join(arguments).strip()
    if not asked:
        raise UsageError(
            "related needs a file or a text", 'such as "/related ep-001" or "/related seat price"'
        )
    path = file_named(asked, archive)
    sources = _sources(archive, path) if path else (_typed(asked),)
    title = archive.document(path).title if path else asked
    page = Page(archive, f"Related: {title}")
    matches = _matches(archive, sources, path)
    saved = f"drafts/related/{slug_of(title)}.md"
    if not matches:
        told = "nothing else in the archive speaks of this"
        page.say(f"{told[0].upper()}{told[1:]}.")
        return page.draft(path=saved, abstained=told)
    clashes = _clashes(archive, matches)
    _same(page, matches)
    _otherwise(page, clashes)
    return page.draft(path=saved)


def _typed(text: str) -> _Source:
    return _Source(text=text, keys=topic_of(text))


def _sources(archive: Archive, path: str) -> tuple[_Source, ...]:
    """The sentences that stand for a document, and its phrases together as one more."""
    talk = read_talk(archive, path)
    ground = Ground(talk, other_texts(archive, path))
    parts = split_parts(talk, ground)
    lines = summarise(parts, ground, most=MOST_SOURCES)
    texts = [" ".join(line.text for line in part.lines) for part in parts]
    phrases = " ".join(phrase.text for phrase in phrases_of(texts, ground, limit=5))
    named = _typed(f"{talk.document.title} {phrases}")
    return (*(_Source(text=line.text, keys=line.said, line=line) for line in lines), named)


def _matches(archive: Archive, sources: Sequence[_Source], path: str) -> list[_Match]:
    found: list[_Match] = []
    for source in sources:
        answer = archive.search(Query(text=source.text, limit=12))
        if answer.confidence < answer.threshold:
            continue
        for rank, hit in enumerate(answer.hits):
            match = _match(archive, source, hit, rank)
            if match is not None and hit.passage.path != path:
                found.append(match)
            found += _repeated(archive, source, hit, path)
    return found


def _match(archive: Archive, source: _Source, hit: Hit, rank: int) -> _Match | None:
    line = nearest_line(hit.passage, source.keys, hit.quote)
    if line is None or len(line.words) < 4:
        return None
    shared = weigh(source.keys & line.said)
    if shared < min(ENOUGH_SHARED, 0.7 * weigh(source.keys)):
        return None
    citation = archive.citation(line.passage, line.start, line.end)
    told = Told(line=line, citation=citation, near=shared / (weigh(source.keys) or 1.0))
    return _Match(source=source, told=told, worth=1 / (rank + 2) + 0.2 * shared)


def _repeated(archive: Archive, source: _Source, hit: Hit, path: str) -> list[_Match]:
    """What says nearly the same words as a hit: the search shows only one of them."""
    found: list[_Match] = []
    for other in hit.duplicates:
        if other.path in (path, hit.passage.path):
            continue
        for passage in archive.passages(other.path):
            if passage.locator.first_line <= other.locator.first_line <= passage.locator.last_line:
                match = _match(archive, source, replace(hit, passage=passage, quote=""), 1)
                found += [match] if match is not None else []
                break
    return found


def _same(page: Page, matches: Sequence[_Match]) -> None:
    """By document, the one with most matches first."""
    grouped: dict[str, list[_Match]] = defaultdict(list)
    for match in matches:
        grouped[match.told.line.passage.path].append(match)
    ranked = sorted(grouped, key=lambda path: (-sum(one.worth for one in grouped[path]), path))
    for path in ranked[:MOST_DOCUMENTS]:
        best = _distinct(sorted(grouped[path], key=lambda one: (-one.worth, one.told.line.start)))
        first = best[0].told.citation
        page.head(f"{first.title} ({first.date})")
        for match in best[:PER_DOCUMENT]:
            page.item(f"“{match.told.line.text}” {page.source(match.told.citation)}")
            page.item(f"both speak of: {', '.join(match.shared)}", depth=1)
            if match.source.line is not None:
                page.quote(match.source.line, before="here", depth=1)


def _distinct(matches: Sequence[_Match]) -> list[_Match]:
    seen: set[tuple[str, int]] = set()
    kept: list[_Match] = []
    for match in matches:
        key = (match.told.line.passage.id, match.told.line.start)
        if key not in seen:
            seen.add(key)
            kept.append(match)
    return kept


def _clashes(archive: Archive, matches: Sequence[_Match]) -> list[Clash]:
    found: list[Clash] = []
    for match in matches:
        line = match.source.line
        if line is None:
            continue
        here = Told(line=line, citation=cite(archive, line), near=1.0)
        pair = sorted((here, match.told), key=lambda one: one.citation.date)
        clash = clash_of(pair[0], pair[1])
        if clash is not None and all(clash.later != other.later for other in found):
            found.append(clash)
    return found[:6]


def _otherwise(page: Page, clashes: Sequence[Clash]) -> None:
    if not clashes:
        return
    page.head("May say otherwise")
    for clash in clashes:
        page.item(f"{clash.kind}, on: {', '.join(clash.shared)}")
        for told in (clash.earlier, clash.later):
            lead = str(told.citation.date)
            page.item(f"{lead}: “{told.line.text}” {page.source(told.citation)}", depth=1)


insight = Insight(name="related", run=related)
