"""A check as words for a terminal, and as Markdown to keep or send.

What is wrong comes first, in the order of the draft; what is supported is one line each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from pmagent.nlp.counted import counted
from pmagent.safe_text import safe_text
from pmagent.types.checking import CheckReport, Claim, Difference, Evidence, Verdict, VerdictWord

WORDS: dict[VerdictWord, str] = {
    "supported": "supported",
    "contradicted": "contradicted",
    "not_found": "not found",
    "needs_person": "needs a person",
}
"""How a verdict is said."""
_URGENT: tuple[VerdictWord, ...] = ("contradicted", "needs_person", "not_found")
_LONGEST_QUOTE = 300


def summary_of(report: CheckReport) -> str:
    """Such as `4 claims: 2 supported, 1 contradicted, 1 not found; 2 set aside (1 opinion, …)`."""
    counts = [f"{report.count(word)} {said}" for word, said in WORDS.items() if report.count(word)]
    claims = counted(len(report.verdicts), "claim")
    told = f"{claims}: {', '.join(counts)}" if counts else claims
    if not report.set_aside:
        return told
    kinds = Counter(claim.kind for claim in report.set_aside)
    aside = ", ".join(counted(count, kind) for kind, count in kinds.items())
    return f"{told}; {len(report.set_aside)} set aside ({aside})"


def report_text(report: CheckReport) -> str:
    """The report in plain lines, readable without colour, ending with a line end."""
    lines = [f"check {safe_text(report.path or 'the text')}", summary_of(report)]
    for verdict in _urgent(report):
        lines += ["", *_told(verdict)]
    supported = [verdict for verdict in report.verdicts if verdict.word == "supported"]
    if supported:
        lines += ["", "supported"]
        lines += [f"  {_line(verdict.claim)}  {_shown(verdict)}" for verdict in supported]
    if report.set_aside:
        lines += ["", "set aside"]
        lines += [f"  {_line(one)}  {one.kind}: {_quote(one.text)}" for one in report.set_aside]
    lines += [f"note: {safe_text(note)}" for note in _notes(report)]
    return "\n".join(lines) + "\n"


def report_markdown(report: CheckReport) -> str:
    """The report as Markdown, every claim with its lines and its evidence as `[path:line]`."""
    lines = [
        f"# Check of {_code(report.path) if report.path else 'a text'}",
        "",
        summary_of(report),
    ]
    for word in _URGENT:
        verdicts = [verdict for verdict in report.verdicts if verdict.word == word]
        if verdicts:
            lines += ["", f"## {WORDS[word].capitalize()}"]
            for verdict in verdicts:
                lines += ["", *_marked(verdict)]
    supported = [verdict for verdict in report.verdicts if verdict.word == "supported"]
    if supported:
        lines += ["", "## Supported", ""]
        lines += [f"- {_line(one.claim)} {_escaped(_quote(one.claim.text))} {_places(one)}".rstrip()
                  for one in supported]  # fmt: skip
    if report.set_aside:
        lines += ["", "## Set aside", ""]
        lines += [
            f"- {_line(one)} ({one.kind}) {_escaped(_quote(one.text))}" for one in report.set_aside
        ]
    notes = list(_notes(report))
    if notes:
        lines += ["", "## Notes", "", *(f"- {_escaped(safe_text(note))}" for note in notes)]
    return "\n".join(lines) + "\n"


def difference_text(difference: Difference) -> str:
    """Such as `number: "60%" where the source has "41 percent"`."""
    said, found = _quote(difference.said), _quote(difference.found)
    if not difference.said:
        return f"{difference.kind}: the source has {found}"
    if not difference.found:
        return f"{difference.kind}: {said} is not in the source"
    return f"{difference.kind}: {said} where the source has {found}"


def _urgent(report: CheckReport) -> list[Verdict]:
    return [verdict for verdict in report.verdicts if verdict.word in _URGENT]


def _told(verdict: Verdict) -> Iterator[str]:
    weak = ", weak: read it" if verdict.is_weak else ""
    yield f"{WORDS[verdict.word]}{weak}  {_line(verdict.claim)}  {_score(verdict)}"
    yield f"  {_quote(verdict.claim.text)}"
    for line in _details(
        verdict, [f"{_label(one)}: {_quote(one.text)}" for one in verdict.evidence]
    ):
        yield f"  {line}"


def _marked(verdict: Verdict) -> Iterator[str]:
    weak = ", weak: read it" if verdict.is_weak else ""
    quoted = _escaped(_quote(verdict.claim.text))
    yield f"**{_line(verdict.claim)}** {quoted} ({_score(verdict)}{weak})"
    yield ""
    evidence = [
        f"{_escaped(_quote(one.text))} [{safe_text(one.citation.place)}]"
        for one in verdict.evidence
    ]
    for line in _details(verdict, evidence, shown=_escaped):
        yield f"- {line}"


def _details(
    verdict: Verdict, evidence: Sequence[str], shown: Callable[[str], str] = str
) -> Iterator[str]:
    """Why, what differs, the evidence as given, and what could stand instead."""
    yield shown(safe_text(verdict.why))
    for difference in verdict.differences:
        yield f"differs in {shown(difference_text(difference))}"
    yield from evidence
    if verdict.correction:
        yield f"as the source has it: {shown(_quote(verdict.correction))}"
    if verdict.second_opinion:
        yield f"second opinion: {shown(safe_text(verdict.second_opinion))}"


def _shown(verdict: Verdict) -> str:
    return f"{_quote(verdict.claim.text)} {_places(verdict)}".rstrip()


def _places(verdict: Verdict) -> str:
    weak = " (weak: read it)" if verdict.is_weak else ""
    if not verdict.evidence:
        return weak.strip()
    return f"[{safe_text(verdict.evidence[0].citation.place)}]{weak}"


def _notes(report: CheckReport) -> Iterator[str]:
    if report.searched:
        where = f" in {', '.join(report.sources)}" if report.sources else ""
        yield f"searched {counted(report.searched, 'document')}{where}"
    yield from report.notes


def _line(claim: Claim) -> str:
    if claim.last_line > claim.first_line:
        return f"L{claim.first_line}-{claim.last_line}"
    return f"L{claim.first_line}"


def _label(evidence: Evidence) -> str:
    speaker = f" {evidence.citation.speaker}" if evidence.citation.speaker else ""
    return safe_text(f"{evidence.citation.place}{speaker}")


def _score(verdict: Verdict) -> str:
    return f"chance of support {verdict.score:.0%}"


def _quote(text: str) -> str:
    shown = safe_text(" ".join(text.split()))
    if len(shown) > _LONGEST_QUOTE:
        shown = f"{shown[:_LONGEST_QUOTE].rsplit(' ', 1)[0]} …"
    return f'"{shown}"'


def _code(text: str) -> str:
    shown = safe_text(text)
    mark = "``" if "`" in shown else "`"
    return f"{mark}{shown}{mark}"


def _escaped(text: str) -> str:
    """Text of files as Markdown shows it, letter for letter."""
    return "".join(
        f"\\{character}" if character in "\\`*_[]<>#|" else character for character in text
    )
