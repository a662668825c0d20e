"""Answers, abstentions, maps and readings as Markdown, for whoever has no screen to draw them on.

Plain enough to be read as it is, at 80 columns. The same reply gives the same bytes: nothing that
was measured with a clock is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pmagent.commands.markdown import GLUE, WIDTH, code, item, page, plain, shorten, table, wrap
from pmagent.nlp.counted import counted
from pmagent.types import Abstention, Answer, Citation, Found, Hit, Map, Reading
from pmagent.types.turns import EndReason

TIERS = {"words": "words only", "static": "words and sketches", "meaning": "words and meaning"}
"""What an answer came from, for people."""
REASONS: Mapping[EndReason, str] = {
    "stopped": "it was stopped; what was said until then is kept",
    "steps": "the number of turns that was allowed is used up",
    "tokens": "the number of tokens that was allowed is used up",
    "cost": "the budget is used up",
    "time": "the time is up",
    "loop": "it went in circles",
    "hook": "a hook ended it",
    "refused": "the model would not answer",
    "cut": "the model came to its own limit",
    "failed": "it did not work",
    "unknown": "there is no such command",
    "waiting": "the run waits, and goes on where it stands",
    "blocked": "the run stopped before its end",
}
"""Why a turn ended other than well."""
_MAX_LINES = 400
"""Lines of one file that are shown at once."""


def reply_markdown(reply: Answer | Abstention | Map) -> str:
    """The whole reply. Its sources are numbered as `sources_of` gives them."""
    match reply:
        case Answer():
            return _answer(reply)
        case Abstention():
            return _abstention(reply)
        case Map():
            return _map(reply)


def sources_of(reply: Answer | Abstention | Map) -> tuple[Citation, ...]:
    """The places a reply numbers, from 1."""
    match reply:
        case Answer(sentences=sentences):
            return tuple(sentence.citation for sentence in sentences)
        case Abstention():
            return tuple(hit.citation for hit in reply.nearest)
        case Map(themes=themes):
            return tuple(hit.citation for theme in themes for hit in theme.hits)


def reading_markdown(reading: Reading) -> str:
    """The lines with their numbers; `>` marks the cited ones."""
    first, last = reading.cited
    is_whole = (first, last) == (1, reading.total_lines)
    cited = f"line {first}" if first == last else f"lines {first} to {last}"
    facts = f"{code(reading.path)}, {reading.date} by {reading.date_source}, "
    facts += f"{counted(reading.total_lines, 'line')}" if is_whole else cited
    shown = reading.lines[:_MAX_LINES]
    body = "\n".join(_numbered(shown, range(0) if is_whole else range(first, last + 1)))
    left = len(reading.lines) - len(shown)
    more = f'{counted(left, "line")} more: "/read {plain(reading.path)}:{shown[-1][0] + 1}"'
    return page(f"# {plain(reading.title)}", wrap(facts), body, wrap(more) if left else "")


def _numbered(lines: Sequence[tuple[int, str]], marked: range) -> Iterator[str]:
    digits = len(str(lines[-1][0])) if lines else 1
    for number, text in lines:
        mark = ">" if number in marked else " "
        room = WIDTH - len("    >   ") - digits
        rows = wrap(text, width=room).split("\n") if len(text) > room else [text]
        yield f"    {mark} {number:>{digits}}  {rows[0]}".rstrip()
        for row in rows[1:]:
            yield f"      {'':>{digits}}  {row}"


def _answer(reply: Answer) -> str:
    said = "\n".join(
        wrap(f"{_speaker(sentence.citation)}{plain(sentence.text)}{GLUE}[{number}]")
        for number, sentence in enumerate(reply.sentences, start=1)
    )
    listed = "\n".join(
        item(_place(sentence.citation), mark=f"{number}.")
        for number, sentence in enumerate(reply.sentences, start=1)
    )
    differs = "\n".join(wrap(f"But: {plain(text)}") for text in reply.differences)
    return page(said, differs, f"Sources\n\n{listed}", _foot(reply.found))


def _abstention(reply: Abstention) -> str:
    asked = plain(reply.found.query.text)
    head = wrap(f'The archive does not seem to say this: "{asked}"')
    near = "\n".join(_hit(hit, number, "") for number, hit in enumerate(reply.nearest, start=1))
    return page(
        f"{head}\n{wrap(_reason(reply))}",
        f"Nearest\n\n{near}" if near else "",
        wrap(f"To look again: {_next_step(reply)}"),
        _foot(reply.found),
    )


def _reason(reply: Abstention) -> str:
    found = reply.found
    match reply.reason:
        case "weak_evidence":
            return (
                f"Why: the confidence {found.confidence:.2f} is below the threshold "
                f"{found.threshold:.2f}."
            )
        case "outdated":
            return "Why: what answers it has changed in its file since it was read."
        case "no_hits":
            return "Why: no passage holds any of its words."


def _next_step(reply: Abstention) -> str:
    if reply.reason == "outdated":
        return '"/index" reads the changed files again.'
    query = reply.found.query
    if query.since or query.until or query.speaker or query.within:
        return "leave a filter out, or ask with other words."
    return 'ask with other words, or see with "/status" what is not read yet.'


def _map(reply: Map) -> str:
    sources = sources_of(reply)
    files = len({cited.path for cited in sources})
    head = (
        f"{counted(len(sources), 'passage')} in {counted(files, 'file')}, "
        f"{reply.first.citation.date} to {reply.latest.citation.date}"
    )
    blocks = [f"# {plain(reply.found.query.text)}", wrap(head), _timeline(reply)]
    number = 0
    for theme in reply.themes:
        rows: list[str] = []
        for hit in theme.hits:
            number += 1
            rows.append(_hit(hit, number, _mark(hit, reply)))
        blocks.append(f"## {plain(theme.label)} ({len(theme.hits)})\n\n" + "\n".join(rows))
    return page(*blocks, _foot(reply.found))


def _timeline(reply: Map) -> str:
    """Mentions a year, by quarter; years without one are left out."""
    years: dict[str, list[int]] = {}
    for label, count in reply.timeline:
        years.setdefault(label[:4], [0, 0, 0, 0])[int(label[-1]) - 1] += count
    rows = [
        (year, *(str(count) for count in counts), str(sum(counts)))
        for year, counts in years.items()
        if sum(counts)
    ]
    return table(("Year", "Q1", "Q2", "Q3", "Q4", "All"), rows) if len(reply.timeline) > 1 else ""


def _hit(hit: Hit, number: int, mark: str) -> str:
    cited = hit.citation
    who = f" {plain(cited.speaker)}" if cited.speaker else ""
    tail = f" ({mark})" if mark else ""
    rest = " " * (len(str(number)) + 2)
    lines = [
        item(f"{cited.date} {code(cited.label)}{who}{tail}", mark=f"{number}."),
        wrap(f'"{plain(hit.quote)}"', first=rest, rest=rest),
    ]
    if hit.duplicates:
        also = ", ".join(code(twin.label) for twin in hit.duplicates)
        lines.append(wrap(f"Also in {also}", first=rest, rest=rest))
    return "\n".join(lines)


def _mark(hit: Hit, reply: Map) -> str:
    is_first = hit.passage.id == reply.first.passage.id
    is_latest = hit.passage.id == reply.latest.passage.id
    if is_first and is_latest:
        return "the only mention" if len(sources_of(reply)) == 1 else "first and latest mention"
    return "first mention" if is_first else "latest mention" if is_latest else ""


def _speaker(cited: Citation) -> str:
    return f"{plain(cited.speaker)}: " if cited.speaker else ""


def _place(cited: Citation) -> str:
    line = f"L{cited.locator.first_line}"
    more = "" if cited.label.endswith(f" {line}") else f" {line},"
    title = shorten(cited.title, 60)
    return f"{code(cited.label)},{more} {cited.date} by {cited.date_source}: {title}"


def _foot(found: Found) -> str:
    return wrap(". ".join(_foot_parts(found)) + ".")


def _foot_parts(found: Found) -> Iterator[str]:
    coverage = found.coverage
    yield f"Confidence {found.confidence:.2f}, threshold {found.threshold:.2f}"
    yield f"From {TIERS[found.tier]}"
    yield f"{counted(coverage.passages, 'passage')} of {counted(coverage.documents, 'file')}"
    if coverage.with_meaning < coverage.passages:
        yield f"{coverage.with_meaning / max(1, coverage.passages):.0%} by meaning"
    if coverage.waiting:
        yield f"{counted(coverage.waiting, 'file')} not read yet"
