"""`archive.*`: what the garden has said before, and where things stand in it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pmagent.discourse.lines import read_talk
from pmagent.errors import UsageError
from pmagent.functions._arguments import (
    Given,
    document_of,
    fresh_path,
    number_in,
    record_of,
    records_of,
    text_in,
    text_of,
    texts_of,
    whole_of,
)
from pmagent.functions._cited import mark_at
from pmagent.nlp.counted import counted
from pmagent.nlp.sentences import split_sentences
from pmagent.nlp.words import content_terms
from pmagent.safe_text import safe_text
from pmagent.types import Abstention, Hit, Query
from pmagent.types.actions import Json
from pmagent.types.calls import CallDesk, CallSpec, Function, Parameter
from pmagent.types.documents import format_time

MOST_HITS = 30
"""A map's themes need something to stand out from."""
PER_THEME = 4
NEAREST = 3
MOST_LINES = 400
FEWEST_TERMS = 2
"""Telling words of a sentence that is looked for: fewer find everything."""
_NUMBER = re.compile(
    r"(?i)^(?:\d{4}-\d\d-\d\d[-_ ])?(?:ep|episode|no|nr)?[-_. #]*0*(\d{1,5})(?!\d)"
)
_LEAD = re.compile(r"^[-_. ]+")
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")


def _prior_art(given: Given, desk: CallDesk) -> Json:
    query = Query(
        text=" ".join(text_of(given, "query").split()),
        within=texts_of(given, "within"),
        limit=MOST_HITS,
    )
    found = desk.archive.search(query)
    drawn = desk.archive.where(found)
    told: dict[str, Json] = {"query": query.text, "made_from": found.tier}
    if isinstance(drawn, Abstention):
        nearest = [_said(hit) for hit in drawn.nearest]
        return {**told, "abstained": True, "count": 0, "themes": [], "timeline": [],
                "nearest": nearest, "first": None, "latest": None}  # fmt: skip
    themes: list[Json] = [
        {
            "label": theme.label,
            "count": len(theme.hits),
            "said": [_said(hit) for hit in theme.hits[:PER_THEME]],
        }
        for theme in drawn.themes
    ]
    return {
        **told,
        "abstained": False,
        "count": sum(len(theme.hits) for theme in drawn.themes),
        "themes": themes,
        "timeline": [{"quarter": quarter, "count": count} for quarter, count in drawn.timeline],
        "nearest": [],
        "first": _said(drawn.first),
        "latest": _said(drawn.latest),
    }


def _said(hit: Hit) -> dict[str, Json]:
    """A hit as a step sees it: the words, and where they stand."""
    return {
        "text": hit.quote,
        "speaker": hit.citation.speaker or "",
        "title": hit.citation.title,
        "date": hit.citation.date.isoformat(),
        "place": f"{hit.passage.path}:{hit.focus.first_line}",
        "cite": mark_at(f"{hit.passage.path}:{hit.focus.first_line}"),
    }


def _news(given: Given, desk: CallDesk) -> Json:
    """Each sentence of an idea: said before, with the places, or new as far as the archive goes."""
    said: list[Json] = []
    new: list[Json] = []
    for sentence in _sentences(text_of(given, "idea")):
        found = desk.archive.search(Query(text=sentence, limit=MOST_HITS))
        is_said = bool(found.hits) and found.confidence >= found.threshold
        if is_said:
            said.append({"text": sentence, "said": [_said(hit) for hit in found.hits[:2]]})
        else:
            new.append(sentence)
    return {"said": said, "new": new}


def _sentences(text: str) -> list[str]:
    rows = [_BULLET.sub("", row).strip() for row in text.split("\n")]
    found = [row[start:end] for row in rows for start, end in split_sentences(row)]
    telling = [one for one in found if len(content_terms(one)) >= FEWEST_TERMS]
    whole = " ".join(text.split())
    return telling or ([whole] if whole else [])


def _told(given: Given, desk: CallDesk) -> Json:
    """Where an idea was said, by themes, oldest first, each line verbatim and cited."""
    del desk
    prior = record_of(given, "prior")
    rows: list[str] = []
    for theme in records_of(prior, "themes"):
        rows += [f"## {safe_text(text_in(theme, 'label'))}", ""]
        rows += [f"- {_line(one)}" for one in records_of(theme, "said")] + [""]
    if not rows:
        raise UsageError("nothing was said of it before", "there is nothing to tell")
    return "\n".join(rows).rstrip() + "\n"


def _note(given: Given, desk: CallDesk) -> Json:
    """A note on an idea: what was said of it, as told, and which of its sentences are new."""
    del desk
    idea = " ".join(text_of(given, "idea").split())
    prior = record_of(given, "prior")
    rows = [f"# Prior art: {safe_text(idea)}", ""]
    first, latest = prior.get("first"), prior.get("latest")
    if isinstance(first, Mapping) and isinstance(latest, Mapping):
        passages = counted(number_in(prior, "count"), "passage")
        rows += [f"{passages}, {text_in(first, 'date')} to {text_in(latest, 'date')}.", ""]
    rows += [text_of(given, "told").strip(), ""]
    rows += ["## What is new", ""]
    new = texts_of(given, "new")
    if new:
        rows += ["No document of the garden speaks of this:", ""]
        rows += [f"- {safe_text(one)} (assumption)" for one in new]
    else:
        rows += ["Nothing: each sentence of the idea is spoken of somewhere above."]
    return "\n".join(rows) + "\n"


def _line(one: Mapping[str, Json]) -> str:
    who = ", ".join(part for part in (text_in(one, "speaker"), text_in(one, "date")) if part)
    return f"“{safe_text(text_in(one, 'text'))}” ({who}){mark_at(text_in(one, 'place'))}"


def _lines(given: Given, desk: CallDesk) -> Json:
    """Some lines of a document as they stand now."""
    doc = document_of(given, "document", desk)
    first = whole_of(given, "first", 1)
    last = whole_of(given, "last", first)
    if not first <= last <= first + MOST_LINES:
        raise UsageError(f"lines {first} to {last} cannot be read", f"at most {MOST_LINES} at once")
    talk = read_talk(desk.archive, doc.path)
    found = [
        line.text
        for line in talk.lines
        if first
        <= desk.archive.citation(line.passage, line.start, line.end).locator.first_line
        <= last
    ]
    return {"path": doc.path, "first": first, "last": last, "text": " ".join(found)}


def _sentences_with(given: Given, desk: CallDesk) -> Json:
    """The sentences of a document that hold one of some words, each with its place."""
    doc = document_of(given, "document", desk)
    fresh_path(doc, desk)
    words = [re.escape(one.strip()) for one in texts_of(given, "words") if one.strip()]
    if not words:
        raise UsageError("there are no words to look for", 'such as ["embargo"]')
    wanted = re.compile(rf"(?i)(?<!\w)(?:{'|'.join(words)})(?!\w)")
    found: list[Json] = []
    for line in read_talk(desk.archive, doc.path).lines:
        hit = wanted.search(line.text) if line.is_whole else None
        if hit is None:
            continue
        cited = desk.archive.citation(line.passage, line.start, line.end)
        start_ms = cited.locator.start_ms
        found.append({
            "text": line.text,
            "word": hit[0].lower(),
            "speaker": line.speaker or "",
            "at": format_time(start_ms) if start_ms is not None else None,
            "place": cited.place,
        })
    return found


def _questions(given: Given, desk: CallDesk) -> Json:
    """One question to whoever decides, for each passage that holds a word to be careful of."""
    del desk
    asked = [
        f"{text_in(one, 'place')}: “{text_in(one, 'text')}” — may this be published, and from when?"
        for one in records_of(given, "passages")
    ]
    if not asked:
        raise UsageError("no passage is to be asked about", "run it on a document that has one")
    return asked[:MOST_HITS]


def _notes_of(given: Given, desk: CallDesk) -> Json:
    """Where a person's own notes on an episode stand; None where there are none."""
    doc = document_of(given, "document", desk)
    stem = _stem(doc.path)
    for path in desk.matching("notes/**"):
        if path != doc.path and _is_same(_stem(path), stem):
            return path
    return None


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _is_same(note: str, episode: str) -> bool:
    """Whether two names are of one episode: `100`, `episode-100`, `ep-100-a-price` and its like."""
    if note == episode:
        return True
    one, other = _NUMBER.match(note), _NUMBER.match(episode)
    if one is None or other is None or one[1] != other[1]:
        return False
    rest = _LEAD.sub("", note[one.end() :])
    return rest in ("", _LEAD.sub("", episode[other.end() :]))


_SAID = "{text: str, speaker: str, title: str, date: date, place: str, cite: cited}"
_DOCUMENT = Parameter(name="document", shape="any")


def _spec(name: str, summary: str, gives: str, *parameters: Parameter) -> CallSpec:
    return CallSpec(name=f"archive.{name}", summary=summary, parameters=parameters, gives=gives)


functions = (
    Function(
        spec=_spec(
            "prior_art",
            "Where something was said before: themes with cited sentences, oldest first",
            "{query: str, made_from: str, abstained: bool, count: int, "
            f"themes: [{{label: str, count: int, said: [{_SAID}]}}], "
            f"timeline: [{{quarter: str, count: int}}], nearest: [{_SAID}], "
            f"first: any, latest: any}}",
            Parameter(name="query", shape="str"),
            Parameter(name="within", shape="any", is_optional=True),
        ),
        run=_prior_art,
    ),
    Function(
        spec=_spec(
            "news",
            "Which sentences of an idea were said before, and which are new",
            f"{{said: [{{text: str, said: [{_SAID}]}}], new: [str]}}",
            Parameter(name="idea", shape="str"),
        ),
        run=_news,
    ),
    Function(
        spec=_spec(
            "told",
            "Where an idea was said, by themes, each line verbatim and cited",
            "cited_text",
            Parameter(name="prior", shape="any"),
        ),
        run=_told,
    ),
    Function(
        spec=_spec(
            "note",
            "A note on an idea: what was said of it, and which of its sentences are new",
            "str",
            Parameter(name="idea", shape="str"),
            Parameter(name="prior", shape="any"),
            Parameter(name="told", shape="cited_text"),
            Parameter(name="new", shape="[str]", is_optional=True),
        ),
        run=_note,
    ),
    Function(
        spec=_spec(
            "lines",
            "Some lines of a document as they stand now",
            "{path: str, first: int, last: int, text: str}",
            _DOCUMENT,
            Parameter(name="first", shape="int"),
            Parameter(name="last", shape="int", is_optional=True),
        ),
        run=_lines,
    ),
    Function(
        spec=_spec(
            "sentences_with",
            "The sentences of a document that hold one of some words, each with its place",
            "[{text: str, word: str, speaker: str, at: time?, place: str}]",
            _DOCUMENT,
            Parameter(name="words", shape="[str]"),
        ),
        run=_sentences_with,
    ),
    Function(
        spec=_spec(
            "questions",
            "A question to whoever decides about each passage",
            "[str]",
            Parameter(name="passages", shape="[any]"),
        ),
        run=_questions,
    ),
    Function(
        spec=_spec(
            "notes_of",
            "Where a person's own notes on an episode stand, if there are any",
            "str?",
            _DOCUMENT,
        ),
        run=_notes_of,
    ),
)
