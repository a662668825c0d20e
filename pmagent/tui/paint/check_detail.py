"""One claim beside its evidence: what differs is marked in both, and named in words."""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.tui.paint.answer import where_in
from pmagent.tui.paint.check import Standing, marked, said_places, verdict_words
from pmagent.tui.paint.lines import Page, PageBuilder, Span, clip_middle, join, span, spread, wrap
from pmagent.tui.paint.vital import percent
from pmagent.types.checking import Claim, Difference, Evidence, Verdict

_BETWEEN = Span(" · ", "faint")
_MAX_BEFORE = 90
_MAX_PASSAGE = 600
"""Characters of the passage around a piece of evidence; the reader has the rest."""
_KINDS = {
    "statement": "a statement",
    "quote": "a quote",
    "opinion": "an opinion: nobody can check it",
    "question": "a question: it claims nothing",
    "future": "about the future: nothing can show it yet",
    "instruction": "tells somebody to do something: it claims nothing",
}


def paint_verdict(verdict: Verdict, number: int, standing: Standing, width: int) -> Page:
    """The claim, its verdict and why; each difference; the evidence, an item each; what `a` does.

    An item's value is the `Evidence`.
    """
    builder = PageBuilder()
    glyph, word, style = verdict_words(verdict, number, standing)
    sure = (span(f"{percent(verdict.score)} likely supported", "quiet"),)
    place = (span(f"line {verdict.claim.first_line}", "quiet"),)
    head = join(((span(f"{glyph} {word}", style),), place, sure), _BETWEEN)
    builder.add(*head)
    claim = marked(verdict.claim.text, said_places(verdict), "strong", "said")
    builder.add_all(wrap((span("“", "quiet"), *claim, span("”", "quiet")), width, indent=1))
    builder.add_all(wrap((span(verdict.why),), width))
    for difference in verdict.differences if verdict.word != "not_found" else ():
        builder.add_all(wrap(_difference(difference), width, indent=2))
    if verdict.second_opinion:
        words = (span("a model that saw only this says: ", "quiet"), span(verdict.second_opinion))
        builder.add_all(wrap(words, width, indent=2))
    if verdict.is_weak:
        builder.add(span("Read the evidence before you believe the word.", "warn"))
    _add_correction(builder, verdict, is_fixed=number in standing.fixed, width=width)
    for place_, evidence in enumerate(verdict.evidence):
        builder.add()
        found = [each.found for each in verdict.differences if each.evidence == place_]
        title = "nearest" if verdict.word == "not_found" else "evidence"
        builder.add_item(evidence, _evidence(evidence, title, place_ + 1, found, width))
    if not verdict.evidence:
        builder.add()
        builder.add(span("Nothing in the sources comes near it.", "quiet"))
    return builder.page()


def paint_set_aside(claim: Claim, width: int) -> Page:
    """What is no claim, and why it is not checked."""
    builder = PageBuilder()
    builder.add(span(f"– set aside · line {claim.first_line}", "quiet"))
    builder.add_all(wrap((span(f"“{claim.text}”", "strong"),), width, indent=1))
    builder.add_all(wrap((span(_KINDS[claim.kind].capitalize()),), width))
    return builder.page()


def copied_verdict(verdict: Verdict) -> str:
    """A claim, its verdict and its evidence, as text."""
    lines = [verdict.claim.text, f"{verdict.word.replace('_', ' ')}: {verdict.why}"]
    lines.extend(f"{each.citation.label}: “{each.text}”" for each in verdict.evidence[:1])
    if verdict.correction:
        lines.append(f"correction: {verdict.correction}")
    return "\n".join(lines)


def _difference(difference: Difference) -> tuple[Span, ...]:
    said = span(f"“{difference.said}”", "said") if difference.said else span("nothing", "quiet")
    found = span(f"“{difference.found}”", "found") if difference.found else span("nothing", "quiet")
    here, there = span("here ", "quiet"), span("  there ", "quiet")
    return (span(f"{difference.kind}  ", "note"), here, said, there, found)


def _add_correction(builder: PageBuilder, verdict: Verdict, *, is_fixed: bool, width: int) -> None:
    if not verdict.correction:
        return
    key = (span("put in: ", "note"),) if is_fixed else (span("a", "key"), span(" puts: ", "quiet"))
    parts = [each.found for each in verdict.differences if each.found]
    words = marked(verdict.correction, _places(verdict.correction, parts), "", "found")
    builder.add_all(wrap((*key, *words), width, indent=8))


def _evidence(
    evidence: Evidence, title: str, number: int, found: Sequence[str], width: int
) -> list[tuple[Span, ...]]:
    head = _head(evidence, f"{title} {number}  ", width)
    passage = " ".join((evidence.passage or evidence.text).split())
    text = " ".join(evidence.text.split())
    start = passage.find(text)
    if start < 0:
        # The words run over speakers, whom the passage names among them.
        passage, start = text, 0
    begin = max(start - _MAX_BEFORE, 0)
    # At a word, not inside one.
    begin = min(passage.find(" ", begin) + 1 or begin, start) if begin else 0
    around = passage[begin : begin + _MAX_PASSAGE]
    fits = range(start - begin, start - begin + len(text))
    words = _in_passage(around, fits, _places(text, found))
    edges = (span("… ", "faint") if begin else span(""), span(" …", "faint"))
    is_cut = begin + _MAX_PASSAGE < len(passage)
    lines = wrap((edges[0], *words, edges[1] if is_cut else span("")), width - 2)
    return [head, *((Span("  "), *line) for line in lines)]


def _head(evidence: Evidence, title: str, width: int) -> tuple[Span, ...]:
    """Where it stands, who says it, how well it fits; the last go first where there is no room."""
    citation = evidence.citation
    name = span(citation.path).text.rsplit("/", 1)[-1]
    who = f"  {citation.speaker}" if citation.speaker else ""
    fit = f"{percent(evidence.score)} fit"
    place = f" {where_in(citation)}"
    fixed = len(title) + len(place)
    if fixed + len(name) + len(who) + len(fit) + 2 > width:
        fit = ""
    if fixed + len(name) + len(who) > width:
        who = ""
    room = max(width - fixed - len(who), 8)
    left = (
        span(title, "cite"),
        span(clip_middle(name, room)),
        span(place, "date"),
        span(who, "quiet"),
    )
    return spread(left, (span(fit, "quiet"),) if fit else (), width)


def _in_passage(around: str, fits: range, found: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    """The passage quiet, the part that fits best in full ink, what differs in it marked."""
    inside = around[fits.start : fits.stop]
    return tuple(
        part
        for part in (
            span(around[: fits.start], "context"),
            *marked(inside, found, "", "found"),
            span(around[fits.stop :], "context"),
        )
        if part.text
    )


def _places(text: str, parts: Sequence[str]) -> list[tuple[int, int]]:
    starts = [(text.find(part), len(part)) for part in parts if part]
    return [(start, start + length) for start, length in starts if start >= 0]
