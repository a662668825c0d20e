"""Maps, answers and readings as lines of text for a terminal or a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.cli.output import Output, columns, shorten
from pmagent.nlp.counted import counted
from pmagent.types import Abstention, Answer, Citation, Found, Hit, Map, Reading

_BARS = " ▁▂▃▄▅▆▇█"
TIERS = {"words": "words only", "static": "words and sketches", "meaning": "words and meaning"}
"""What an answer came from, for people."""


def show_map(output: Output, reply: Map | Abstention, *, explain: bool = False) -> None:
    """The where-map, or what came nearest and why that is not enough."""
    found = reply.found
    if isinstance(reply, Abstention):
        _show_abstention(output, reply)
        return
    shown = order_of(reply)
    paths = {item.passage.path for item in shown}
    span = f"{reply.first.citation.date} to {reply.latest.citation.date}"
    head = f"{counted(len(shown), 'passage')} in {counted(len(paths), 'file')}, {span}"
    output.line(f"{output.style(found.query.text, 'bold')}  {output.style(head, 'dim')}")
    if len(reply.timeline) > 1:
        for line in draw_timeline(reply.timeline, columns()):
            output.line(output.style(line))
    numbers = {item.passage.id: number for number, item in enumerate(shown, start=1)}
    for theme in reply.themes:
        output.line()
        output.line(f"{output.style(theme.label, 'bold')} ({len(theme.hits)})")
        for item in theme.hits:
            _show_hit(output, item, numbers[item.passage.id], mark=_mark(item, reply))
            if explain:
                _show_why(output, item)
    output.line()
    output.line(output.style(_foot(found), "dim"))


def order_of(reply: Map | Abstention) -> tuple[Hit, ...]:
    """The hits in the order they are shown and numbered: theme by theme, oldest first."""
    if isinstance(reply, Abstention):
        return reply.nearest
    return tuple(item for theme in reply.themes for item in theme.hits)


def show_answer(output: Output, reply: Answer | Abstention, *, explain: bool = False) -> None:
    """The sentences with their numbers, then the places they stand at."""
    if isinstance(reply, Abstention):
        _show_abstention(output, reply)
        return
    for number, sentence in enumerate(reply.sentences, start=1):
        said = f"{sentence.citation.speaker}: " if sentence.citation.speaker else ""
        output.line(f"{output.style(said, 'dim')}{output.style(sentence.text)} [{number}]")
    for difference in reply.differences:
        output.line(output.style(f"But: {difference}", "yellow"))
    output.line()
    for number, sentence in enumerate(reply.sentences, start=1):
        output.line(f"[{number}] {_source(output, sentence.citation)}")
    if explain:
        for number, item in enumerate(reply.found.hits, start=1):
            _show_hit(output, item, number, mark="")
            _show_why(output, item)
    output.line()
    output.line(output.style(_foot(reply.found), "dim"))


def show_reading(output: Output, reading: Reading) -> None:
    """Lines with their numbers; a bar marks the cited ones."""
    output.line(
        f"{output.style(reading.title, 'bold')}  "
        + output.style(f"{reading.path} · {reading.date} ({reading.date_source})", "dim")
    )
    digits = len(str(reading.lines[-1][0])) if reading.lines else 1
    for number, text in reading.lines:
        bar = "▌" if reading.cited[0] <= number <= reading.cited[1] else " "
        output.line(f"{output.style(str(number).rjust(digits), 'dim')} {bar} {output.style(text)}")


def vimgrep(output: Output, hits: Sequence[Hit]) -> None:
    """`path:line:column:text`, as editors and grep users read it."""
    for item in hits:
        where = item.citation.locator.first_line
        output.line(output.style(f"{item.citation.path}:{where}:1:{item.quote}"))


def draw_timeline(timeline: Sequence[tuple[str, int]], width: int) -> list[str]:
    """Two lines: a bar a quarter over the years they belong to."""
    if len(timeline) * 2 > width - 2:
        years: dict[str, int] = {}
        for quarter, count in timeline:
            years[quarter[:4]] = years.get(quarter[:4], 0) + count
        return ["  ".join(f"{year} {count}" for year, count in years.items())]
    most = max(count for _, count in timeline)
    bars = "".join(
        f"{_BARS[0] if not count else _BARS[max(1, round(count / most * 8))]} "
        for _, count in timeline
    )
    marks = ""
    for number, (quarter, _) in enumerate(timeline):
        if len(marks) <= number * 2 and (number == 0 or quarter.endswith("Q1")):
            marks = marks.ljust(number * 2) + f"{quarter[:4]} "
    return [bars.rstrip(), marks.rstrip()]


def _show_hit(output: Output, item: Hit, number: int, *, mark: str) -> None:
    cited = item.citation
    tail = f"  {mark}" if mark else ""
    output.line(
        f"{number:>4}  {cited.date}  {output.style(cited.label, 'underline')}"
        f"{output.style(_speaker(cited), 'bold')}{output.style(tail, 'dim')}"
    )
    output.line(f"      {output.style(shorten(f'“{item.quote}”', columns() - 7))}")
    for twin in item.duplicates:
        output.line(output.style(f"      also in {twin.label} ({twin.date})", "dim"))


def _show_why(output: Output, item: Hit) -> None:
    why = item.why
    parts = [
        f"{name} {value:.2f}"
        for name, value in (
            ("score", item.score),
            ("words", why.words),
            ("meaning", why.meaning),
            ("static", why.static),
            ("late", why.late),
            ("neighbours", why.neighbour),
            ("document", why.document),
        )
        if value is not None
    ]
    output.line(output.style(f"      {' · '.join(parts)} · {' '.join(why.terms)}", "dim"))


def _show_abstention(output: Output, reply: Abstention) -> None:
    found = reply.found
    output.line(f"The archive does not seem to say this: {output.style(found.query.text, 'bold')}")
    output.line(output.style(_reason(reply), "dim"))
    if reply.nearest:
        output.line()
        output.line("nearest")
        for number, item in enumerate(reply.nearest, start=1):
            _show_hit(output, item, number, mark="")
    output.line()
    output.line(output.style(_foot(found), "dim"))


def _reason(reply: Abstention) -> str:
    found = reply.found
    match reply.reason:
        case "weak_evidence":
            return f"confidence {found.confidence:.2f} is below the threshold {found.threshold:.2f}"
        case "outdated":
            return 'what answers it has changed since it was read; "pmagent index" reads it again'
        case "no_hits":
            return "no passage holds any of its words"


def _source(output: Output, cited: Citation) -> str:
    day = f"{cited.date} ({cited.date_source})"
    line = f"L{cited.locator.first_line}"
    more = day if cited.label.endswith(f" {line}") else f"{line} · {day}"
    return f"{output.style(cited.label, 'underline')}  {output.style(more, 'dim')}"


def _speaker(cited: Citation) -> str:
    return f"  {cited.speaker}" if cited.speaker else ""


def _mark(item: Hit, reply: Map) -> str:
    marks: list[str] = []
    if item.passage.id == reply.first.passage.id:
        marks.append("first mention")
    if item.passage.id == reply.latest.passage.id:
        marks.append("latest mention")
    return " · ".join(marks)


def _foot(found: Found) -> str:
    return " · ".join(_foot_parts(found))


def _foot_parts(found: Found) -> Iterator[str]:
    coverage = found.coverage
    yield f"confidence {found.confidence:.2f}, threshold {found.threshold:.2f}"
    yield TIERS[found.tier]
    yield f"{counted(coverage.passages, 'passage')} of {counted(coverage.documents, 'file')}"
    if coverage.with_meaning < coverage.passages:
        yield f"{coverage.with_meaning / max(1, coverage.passages):.0%} by meaning"
    if coverage.waiting:
        yield f"{counted(coverage.waiting, 'file')} waiting"
    yield f"{found.elapsed_ms / 1000:.2f} s"
