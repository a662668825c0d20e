"""`weekly.*`: what one week's documents, promises, boards and runs say. Same garden, same bytes.

A week is ISO's, `2026-W05`, Monday to Sunday. A document belongs to the week of its date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pmagent.discourse.acts import find_decisions, find_promises
from pmagent.discourse.lines import Line, Talk, cite, read_talk
from pmagent.discourse.parts import split_parts
from pmagent.discourse.questions import find_open_questions
from pmagent.discourse.salience import Ground, summarise
from pmagent.errors import AccessError, ReadError, UsageError
from pmagent.functions._arguments import Given, number_in, record_of, records_of, text_in
from pmagent.functions._cited import mark_at
from pmagent.nlp.counted import counted
from pmagent.publish.wording import clip
from pmagent.safe_text import safe_text
from pmagent.types.actions import Json
from pmagent.types.calls import CallDesk, CallSpec, Function, Parameter

MOST_EACH = 12
"""Decisions, promises and questions shown of a week."""
PER_DOCUMENT = 3
"""Decisions of one document, promises of it, and so on: a long one must not fill the page."""
HEADLINES = 3
LONGEST = 240
FEWEST_WORDS = 8
"""Of a sentence that stands for a document."""
TABLES = (".csv", ".tsv", ".ics")
"""What has rows and no sentence that could stand for it."""
BOARDS = ("**/*board*.md", "*board*.md")
_WEEK = re.compile(r"^(\d{4})-?W(\d{1,2})$", re.IGNORECASE)
_DUE = re.compile(r"\bdue:(\d{4}-\d\d-\d\d)")
_TAGS = re.compile(r"\s*(?:\b(?:due|est):\S+|(?<!\S)#[\w-]+)")
_DONE = re.compile(r"(?i)^(?:done|finished|completed|closed|archive[d]?|shipped)\b")


@dataclass(frozen=True, kw_only=True)
class _Week:
    name: str
    since: date
    until: date


def _gather(given: Given, desk: CallDesk) -> Json:
    week = _week_of(given.get("week"), desk.now.date())
    talks = list(_talks(desk.dated(week.since, week.until), desk))
    spoken = [talk for talk in talks if not _is_board(talk.document.path, desk)]
    decided = [_said(line, desk) for talk in spoken for line in find_decisions(talk)[:PER_DOCUMENT]]
    promised = [
        {**_said(one.line, desk), "who": one.who or "", "when": one.when}
        for talk in spoken
        for one in find_promises(talk)[:PER_DOCUMENT]
    ]
    asked = [
        _said(one.line, desk) for talk in spoken for one in find_open_questions(talk)[:PER_DOCUMENT]
    ]
    due = _due(week, desk)
    runs = [dict(run) for run in desk.runs(week.since, week.until)]
    return {
        "week": week.name,
        "since": week.since.isoformat(),
        "until": week.until.isoformat(),
        "documents": [_document(talk, desk) for talk in talks],
        "count": len(talks),
        "decided": decided[:MOST_EACH],
        "promised": promised[:MOST_EACH],
        "open": asked[:MOST_EACH],
        "due": due,
        "runs": runs,
        "waiting": sum(1 for run in runs if run.get("state") == "waiting"),
        "failed": sum(1 for run in runs if run.get("state") == "failed"),
    }


def _week_of(value: Json, today: date) -> _Week:
    """The week named `2026-W05`, the one a day lies in, or this one.

    Raises:
        UsageError: it names no week.
    """
    if value in (None, ""):
        return _week_with(today)
    text = value.strip() if isinstance(value, str) else ""
    try:
        named = _WEEK.match(text)
        if named is None:
            return _week_with(date.fromisoformat(text))
        return _week_with(date.fromisocalendar(int(named[1]), int(named[2]), 1))
    except ValueError:
        raise UsageError(f'"{value}" is no week', "write 2026-W05, or a day of it") from None


def _week_with(day: date) -> _Week:
    year, number, weekday = day.isocalendar()
    since = day - timedelta(days=weekday - 1)
    return _Week(name=f"{year}-W{number:02d}", since=since, until=since + timedelta(days=6))


def _talks(paths: Sequence[str], desk: CallDesk) -> Iterator[Talk]:
    for path in paths:
        try:
            yield read_talk(desk.archive, path)
        except (AccessError, ReadError):
            continue


def _is_board(path: str, desk: CallDesk) -> bool:
    return path in desk.matching(BOARDS)


def _said(line: Line, desk: CallDesk) -> dict[str, Json]:
    citation = cite(desk.archive, line)
    return {
        "text": line.text,
        "speaker": line.speaker or "",
        "title": citation.title,
        "place": citation.place,
        "cite": mark_at(citation.place),
    }


def _document(talk: Talk, desk: CallDesk) -> dict[str, Json]:
    """One document, with the sentence that says most of it."""
    document = talk.document
    lines = [line for line in talk.whole if len(line.words) >= FEWEST_WORDS and not line.is_task]
    best: Mapping[str, Json] = {"text": "", "speaker": "", "title": "", "place": ""}
    if lines and not document.path.endswith(TABLES):
        ground = Ground(talk)
        parts = split_parts(talk, ground)
        chosen = summarise(parts, ground) or lines
        best = _said(chosen[0], desk)
    return {
        "path": document.path,
        "title": document.title,
        "date": document.date.isoformat(),
        "words": sum(len(line.words) for line in talk.lines),
        "says": best["text"],
        "place": best["place"],
        "cite": mark_at(str(best["place"])) if best["place"] else "",
    }


def _due(week: _Week, desk: CallDesk) -> list[dict[str, Json]]:
    """Tasks of the garden's boards that are not done and due by the end of the week."""
    found: list[tuple[date, dict[str, Json]]] = []
    for talk in _talks(desk.matching(BOARDS), desk):
        for line in talk.lines:
            marked = _DUE.search(line.text)
            if marked is None or _DONE.match(line.heading):
                continue
            try:
                day = date.fromisoformat(marked[1])
            except ValueError:
                continue
            if day <= week.until:
                said = {**_said(line, desk), "text": _TAGS.sub("", line.text).strip()}
                found.append((day, {**said, "due": day.isoformat(), "is_late": day < week.since}))
    return [row for _, row in sorted(found, key=lambda one: (one[0], str(one[1]["place"])))]


def _headlines(given: Given, desk: CallDesk) -> Json:
    """Up to three sentences that the week could be told by, each verbatim and cited."""
    del desk
    week = record_of(given, "week")
    leads = [records_of(week, name)[:1] for name in ("decided", "promised", "open")]
    told = [
        f"{_quoted(text, text_in(row, 'speaker'))}{mark_at(text_in(row, 'place'))}"
        for row in [*(row for lead in leads for row in lead), *records_of(week, "documents")]
        if (text := text_in(row, "text") or text_in(row, "says")) and text_in(row, "place")
    ]
    chosen = list(dict.fromkeys(told))
    if not chosen:
        raise UsageError(f"nothing is on record of {text_in(week, 'week')}", "name another week")
    return chosen[:HEADLINES]


def _quoted(text: str, speaker: str) -> str:
    shown = f"“{safe_text(clip(' '.join(text.split()), LONGEST))}”"
    return f"{safe_text(speaker)}: {shown}" if speaker else shown


def _page(given: Given, desk: CallDesk) -> Json:
    """The week as Markdown, every line of it cited."""
    del desk
    week = record_of(given, "week")
    rows = [f"# Week {text_in(week, 'week')}", ""]
    rows += [f"{text_in(week, 'since')} to {text_in(week, 'until')}: "
             f"{counted(number_in(week, 'count'), 'document')}.", ""]  # fmt: skip
    headlines = given.get("headlines")
    told = headlines if isinstance(headlines, Sequence) and not isinstance(headlines, str) else ()
    rows += _section("Headlines", [str(one) for one in told])
    rows += _section("Decided", [_row(one) for one in records_of(week, "decided")])
    rows += _section("Promised", [_promise(one) for one in records_of(week, "promised")])
    rows += _section("Left open", [_row(one) for one in records_of(week, "open")])
    rows += _section("Due", [_task(one) for one in records_of(week, "due")])
    rows += _section("Read and recorded", [_read(one) for one in records_of(week, "documents")])
    rows += _section("Runs", [_run(one) for one in records_of(week, "runs")])
    return "\n".join(rows).rstrip() + "\n"


def _section(title: str, points: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *(f"- {point}" for point in points), ""] if points else []


def _row(one: Mapping[str, Json]) -> str:
    return (
        f"{_quoted(text_in(one, 'text'), text_in(one, 'speaker'))}{mark_at(text_in(one, 'place'))}"
    )


def _promise(one: Mapping[str, Json]) -> str:
    who, when = text_in(one, "who"), text_in(one, "when")
    said = _quoted(text_in(one, "text"), who)
    return f"{said}{f' ({safe_text(when)})' if when else ''}{mark_at(text_in(one, 'place'))}"


def _task(one: Mapping[str, Json]) -> str:
    late = ", late" if one.get("is_late") else ""
    text, due = safe_text(text_in(one, "text")), text_in(one, "due")
    return f"{text} ({due}{late}){mark_at(text_in(one, 'place'))}"


def _read(one: Mapping[str, Json]) -> str:
    place = text_in(one, "place") or f"{text_in(one, 'path')}:1"
    says = f": {_quoted(text_in(one, 'says'), '')}" if text_in(one, "says") else ""
    words = counted(number_in(one, "words"), "word")
    return (
        f"{text_in(one, 'date')} {safe_text(text_in(one, 'title'))}, {words}{says}{mark_at(place)}"
    )


def _run(one: Mapping[str, Json]) -> str:
    reason = text_in(one, "reason")
    told = f"`/{text_in(one, 'command')}` {text_in(one, 'state').replace('_', ' ')}"
    return f"{text_in(one, 'began')[:10]} {told}{f': {safe_text(reason)}' if reason else ''}"


_SAID = "{text: str, speaker: str, title: str, place: str, cite: cited}"

functions = (
    Function(
        spec=CallSpec(
            name="weekly.gather",
            summary="What a week's documents, boards and runs say; this week's by default",
            parameters=(Parameter(name="week", shape="any", is_optional=True),),
            gives=(
                "{week: str, since: date, until: date, count: int, "
                "documents: [{path: str, title: str, date: date, words: int, says: str, "
                f"place: str, cite: str}}], decided: [{_SAID}], "
                "promised: [{text: str, speaker: str, title: str, place: str, cite: cited, "
                f"who: str, when: str}}], open: [{_SAID}], due: [any], runs: [any], waiting: int, "
                "failed: int}"
            ),
        ),
        run=_gather,
    ),
    Function(
        spec=CallSpec(
            name="weekly.headlines",
            summary="Up to three sentences that a week could be told by, verbatim and cited",
            parameters=(Parameter(name="week", shape="any"),),
            gives="[cited] 1..3",
        ),
        run=_headlines,
    ),
    Function(
        spec=CallSpec(
            name="weekly.page",
            summary="A week as Markdown, every line cited",
            parameters=(
                Parameter(name="week", shape="any"),
                Parameter(name="headlines", shape="[cited]", is_optional=True),
            ),
            gives="str",
        ),
        run=_page,
    ),
)
