"""`/digest FILE`: a transcript or note on one page, every sentence verbatim and cited."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pmagent.discourse.acts import Promise, find_decisions, find_promises
from pmagent.discourse.figures import find_dates, find_figures, find_names
from pmagent.discourse.lines import Line, Talk, cite, read_talk
from pmagent.discourse.parts import split_parts
from pmagent.discourse.questions import find_open_questions
from pmagent.discourse.salience import Ground, Part, best_lines, phrases_of, summarise
from pmagent.errors import UsageError
from pmagent.insights._others import other_texts
from pmagent.insights._page import Page, moment, slug_of
from pmagent.types.documents import format_time
from pmagent.types.insights import Archive, Draft, Insight

EARLY = 0.35
"""What the first sentence of a part gains; the sixth has a third of it."""
SHORT_PROMISE = 7
"""Words: a shorter one is shown with the sentence before it."""
FEWEST_WORDS = 40
"""Of a document that is worth a digest."""


def digest(arguments: Sequence[str], archive: Archive) -> Draft:
    """What one document says.

    Raises:
        UsageError: no file is named, or several fit.
    """
    if not arguments:
        raise UsageError("a digest needs a file", 'name one, such as "/digest ep-001"')
    path = archive.resolve(" ".join(arguments))
    talk = read_talk(archive, path)
    page = Page(archive, f"Digest: {talk.document.title}")
    saved = f"drafts/digests/{slug_of(path.rpartition('/')[2].rpartition('.')[0])}.md"
    words = sum(len(line.words) for line in talk.lines)
    page.say(_facts(talk, words))
    if words < FEWEST_WORDS:
        for line in talk.whole:
            page.quote(line)
        told = f'"{path}" has only {words} words: this is all of it'
        return page.draft(path=saved, abstained=told)
    ground = Ground(talk, other_texts(archive, path))
    parts = split_parts(talk, ground)
    shown = _summary(page, parts, ground)
    _speakers(page, archive, talk)
    _course(page, archive, parts, _Opening(ground, shown))
    _decisions(page, talk)
    _promised(page, talk)
    _open(page, talk)
    _figures(page, archive, talk, ground)
    return page.draft(path=saved)


def _facts(talk: Talk, words: int) -> str:
    document = talk.document
    ends = [line.passage.locator.end_ms or 0 for line in talk.lines]
    length = [f"{format_time(max(ends))} long"] if max(ends, default=0) else []
    told = [f"{document.date} (from the {document.date_source})", document.path, *length]
    return " · ".join([*told, f"{words:,} words"])


def _summary(page: Page, parts: Sequence[Part], ground: Ground) -> frozenset[int]:
    page.head("In short")
    texts = [" ".join(line.text for line in part.lines) for part in parts]
    found = phrases_of(texts, ground, limit=6)
    if found:
        page.say(f"About: {', '.join(phrase.text for phrase in found)}.")
    chosen = summarise(parts, ground)
    for line in chosen:
        page.quote(line)
    return frozenset(line.number for line in chosen)


def _speakers(page: Page, archive: Archive, talk: Talk) -> None:
    if len(talk.speakers) < 1:
        return
    total = sum(len(line.words) for line in talk.lines if line.speaker) or 1
    page.head("Who speaks")
    page.row(("Speaker", "Words", "Share", "First", "Last"))
    page.row(("---", "---:", "---:", "---", "---"))
    sizes = {
        name: sum(len(line.words) for line in talk.lines if line.speaker == name)
        for name in talk.speakers
    }
    for name in sorted(sizes, key=lambda name: -sizes[name]):
        said = [line for line in talk.lines if line.speaker == name]
        places = (_place(page, archive, said[0]), _place(page, archive, said[-1]))
        page.row((name, f"{sizes[name]:,}", f"{100 * sizes[name] / total:.0f} %", *places))


def _place(page: Page, archive: Archive, line: Line) -> str:
    citation = cite(archive, line)
    page.source(citation)
    return f"{moment(citation)} [{citation.place}]".strip()


@dataclass(frozen=True)
class _Opening:
    """How well a sentence shows what a part begins with."""

    ground: Ground
    shown: frozenset[int]
    """Sentences that stand on the page already."""

    def worth(self, line: Line, first: int) -> float:
        """Early ones are worth more."""
        if line.number in self.shown:
            return -2.0
        return self.ground.worth(line) + EARLY * math.exp((first - line.number) / 6)


def _course(page: Page, archive: Archive, parts: Sequence[Part], opening: _Opening) -> None:
    if len(parts) < 2:
        return
    page.head("How it goes")
    for part in parts:
        first = part.lines[0].number
        whole = [line for line in part.lines if line.is_whole]
        chosen = best_lines(
            whole, lambda line, first=first: opening.worth(line, first), limit=1, above=-1.0
        )
        time = moment(cite(archive, part.lines[0]))
        lead = " ".join(word for word in (time, part.label) if word)
        for line in chosen:
            page.quote(line, before=lead)


def _decisions(page: Page, talk: Talk) -> None:
    page.head("Decided")
    found = find_decisions(talk)
    for line in found:
        page.quote(line)
    if not found:
        page.say("Nothing is said here in words that make it a decision.")


def _promised(page: Page, talk: Talk) -> None:
    page.head("Promised and to do")
    found = find_promises(talk)
    for promise in found:
        _promise(page, talk, promise)
    if not found:
        page.say("Nobody says that they will do a thing.")


def _promise(page: Page, talk: Talk, promise: Promise) -> None:
    page.quote(promise.line, before=promise.when)
    if promise.asked is not None:
        page.quote(promise.asked, before="asked", depth=1)
    elif len(promise.line.words) < SHORT_PROMISE:
        for line in talk.around(promise.line, 1, 0)[:-1]:
            if line.is_whole:
                page.quote(line, before="after", depth=1)


def _open(page: Page, talk: Talk) -> None:
    page.head("Left open")
    found = find_open_questions(talk)
    for question in found:
        page.quote(question.line)
        if question.reply is not None:
            page.quote(question.reply, before="left at", depth=1)
    if not found:
        page.say("No question is left visibly open.")


def _figures(page: Page, archive: Archive, talk: Talk, ground: Ground) -> None:
    numbers, dates = find_figures(talk, ground), find_dates(talk)
    if numbers or dates:
        page.head("Numbers and dates")
    for item in (*numbers, *dates):
        page.quote(item.line, before=f"**{item.text}**")
    names = find_names(talk)
    if names:
        page.head("Named")
    for item in names:
        times = f"{item.count} times, first" if item.count > 1 else "once"
        page.item(f"**{item.text}**, {times} {page.source(cite(archive, item.line))}")


insight = Insight(name="digest", run=digest)
