"""`/zettel FILE|QUESTION`: atomic notes, one idea each, titled by a claim that stands in the text.

Each note is a claim in its speaker's own words, what was said to support it, and links to the notes
and documents that speak of the same. The notes come as one page, and each as a draft of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pmagent.discourse.acts import quoted_through
from pmagent.discourse.lines import Line, Talk, lines_of, read_talk
from pmagent.discourse.salience import (
    Ground,
    is_clear,
    is_greeting,
    is_torn,
    overlap,
    stands_alone,
)
from pmagent.errors import UsageError
from pmagent.insights._evidence import gather
from pmagent.insights._others import other_texts
from pmagent.insights._page import Page, slug_of
from pmagent.types import Query
from pmagent.types.insights import Archive, Draft, Insight

MOST_NOTES = 7
LONGEST_TITLE = 18
"""Words of a claim that can be a title."""
SUPPORT = 2
"""Sentences that may follow the claim."""
_CLAIM = re.compile(
    r"""(?ix)\b(?: is|are|isn['’]t|aren['’]t|was|were|wasn['’]t|means?|makes?|needs?|should|must
    |never|always|nobody|only|costs?|tells?|becomes?|works?|matters?|believes?|wants?|don['’]t
    |doesn['’]t )\b"""
)
_GOES_ON = re.compile(
    r"(?i)^(?:because|so|that|it|they|which|and|but|instead|since)\b(?:\W+\w+){3}"
)
"""How a sentence begins that gives the reason or the rest of the one before."""
_ABOUT_ME = re.compile(
    r"(?i)^(?:i|i'm|i'll|i'd|i've|you've|my name|let's|let me|we're going)\b(?! (?:think"
    r"|believe) (?:that )?\w+ (?:is|are|should|must))"
)
"""Such a sentence tells of its speaker, not of the world."""
_PERSONAL = re.compile(
    r"(?i)\b(?:i|i'm|i've|i'll|i'd|me|my|mine|you|your|this|here|today|yesterday|tomorrow|now|monday)\b"
)


@dataclass(frozen=True, kw_only=True)
class _Note:
    claim: Line
    support: tuple[Line, ...]

    @property
    def title(self) -> str:
        return self.claim.text.strip('"“”').rstrip(".!… ")

    @property
    def name(self) -> str:
        return slug_of(self.title)


def zettel(arguments: Sequence[str], archive: Archive) -> Draft:
    """Notes on a file, or on what the archive says to a question.

    Raises:
        UsageError: nothing is named.
    """
    asked = " ".join(arguments).strip()
    if not asked:
        raise UsageError("a zettel needs a file or a question", 'such as "/zettel ep-001"')
    try:
        path = archive.resolve(asked)
    except UsageError:
        path = ""
    notes = _of_file(archive, path) if path else _of_question(archive, asked)
    subject = archive.document(path).title if path else asked
    page = Page(archive, f"Notes: {subject}")
    saved = f"drafts/zettel/{slug_of(subject)}.md"
    if not notes:
        told = "no sentence here is a claim that stands by itself"
        page.say(f"{told[0].upper()}{told[1:]}.")
        return page.draft(path=saved, abstained=told)
    links = {note.name: _links(archive, note, notes) for note in notes}
    for note in notes:
        page.head(note.title)
        _body(page, note, links[note.name])
    whole = page.draft(path=saved)
    parts = tuple(_single(archive, note, links[note.name]) for note in notes)
    return Draft(
        title=whole.title,
        markdown=whole.markdown,
        citations=whole.citations,
        path=saved,
        parts=parts,
    )


def _single(archive: Archive, note: _Note, links: Sequence[str]) -> Draft:
    page = Page(archive, note.title)
    _body(page, note, links)
    return page.draft(path=f"drafts/zettel/{note.name}.md")


def _body(page: Page, note: _Note, links: Sequence[str]) -> None:
    for line in (note.claim, *note.support):
        page.quote(line)
    if links:
        page.say(f"See also: {', '.join(f'[[{link}]]' for link in links)}")


def _of_file(archive: Archive, path: str) -> list[_Note]:
    talk = read_talk(archive, path)
    ground = Ground(talk, other_texts(archive, path))
    quoted = quoted_through(talk)
    lines = [line for line in talk.whole if line.number not in quoted and is_claim(line)]
    rated = sorted(lines, key=lambda line: (-_worth(line, ground), line.number))
    return _notes(talk, rated)


def _of_question(archive: Archive, asked: str) -> list[_Note]:
    evidence = gather(archive, asked)
    if not evidence.is_enough:
        return []
    taken: list[_Note] = []
    for told in evidence.told:
        if not is_claim(told.line) or any(overlap(told.line, one.claim) > 0.5 for one in taken):
            continue
        talk = read_talk(archive, told.line.passage.path)
        claim = next(line for line in talk.lines if _place(line) == _place(told.line))
        taken.append(_Note(claim=claim, support=_support(talk, claim)))
        if len(taken) == MOST_NOTES:
            break
    return taken


def _place(line: Line) -> tuple[str, int]:
    return line.passage.id, line.start


def is_claim(line: Line) -> bool:
    """Whether the sentence is a general statement that can be read, and doubted, by itself."""
    words = len(line.words)
    is_ended = not line.speaker or line.text.rstrip("\"'”’)").endswith((".", "!"))
    if not line.is_whole or line.is_question or not is_ended or not 5 <= words <= LONGEST_TITLE:
        return False
    if is_torn(line.text) or not is_clear(line.text) or is_greeting(line.text):
        return False
    if line.text.count('"') and line.text.startswith('"'):
        return False
    if _ABOUT_ME.match(line.text):
        return False
    is_imperative = not line.speaker and not line.text.endswith((".", "!", "?"))
    has_parts = line.text.count("(") == line.text.count(")") and ". " not in line.text
    return (
        has_parts
        and not is_imperative
        and stands_alone(line.text)
        and bool(_CLAIM.search(line.text))
        and len(line.keys) > 1
    )


def _worth(line: Line, ground: Ground) -> float:
    personal = len(_PERSONAL.findall(line.text))
    digits = sum(character.isdigit() for character in line.text)
    return ground.worth(line) - 0.12 * personal - 0.04 * digits


def _notes(talk: Talk, rated: Sequence[Line]) -> list[_Note]:
    taken: list[Line] = []
    for line in rated:
        if len(taken) == MOST_NOTES:
            break
        if not any(overlap(line, other) > 0.4 or line.turn == other.turn for other in taken):
            taken.append(line)
    ordered = sorted(taken, key=lambda line: line.number)
    return [_Note(claim=line, support=_support(talk, line)) for line in ordered]


def _support(talk: Talk, claim: Line) -> tuple[Line, ...]:
    """What its speaker goes on to say, as far as it is about the same or gives the reason."""
    following = [line for line in talk.turn_of(claim) if line.number > claim.number]
    kept: list[Line] = []
    for line in following[:SUPPORT]:
        is_about = line.keys & claim.keys or _GOES_ON.match(line.text)
        if not line.is_whole or is_torn(line.text) or line.is_question or not is_about:
            break
        kept.append(line)
    return tuple(kept)


def _links(archive: Archive, note: _Note, notes: Sequence[_Note]) -> tuple[str, ...]:
    """Other notes of the page that share its words, then documents that speak of the same."""
    near = [
        one.name for one in notes if one is not note and len(one.claim.keys & note.claim.keys) >= 2
    ]
    own = note.claim.passage.path
    found = archive.search(Query(text=note.claim.text, limit=8))
    others: list[str] = []
    if found.confidence >= found.threshold:
        for hit in found.hits:
            said = frozenset[str]().union(*(line.keys for line in lines_of(hit.passage)))
            if hit.passage.path != own and len(said & note.claim.keys) >= 2:
                others.append(_stem(hit.passage.path))
    return tuple(dict.fromkeys([*near[:2], *others[:3]]))


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


insight = Insight(name="zettel", run=zettel)
