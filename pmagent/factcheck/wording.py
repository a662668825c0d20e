"""One plain sentence on why a verdict is what it is, and the claim put right where it can be."""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.factcheck.judging import Findings, Seen
from pmagent.factcheck.matching import Match
from pmagent.factcheck.numbers import read_numbers
from pmagent.types.checking import Difference, Evidence

_LONGEST_QUOTE = 160


def explain_contradicted(
    differences: Sequence[Difference], evidence: Sequence[Evidence], findings: Findings
) -> str:
    """Why the sources do not agree with the claim."""
    if not differences:
        return "the nearest lines say otherwise"
    first = differences[0]
    source = _source(evidence, first.evidence)
    match first.kind:
        case "attribution":
            return f"it is {first.found} who says this, the claim says {first.said}"
        case "modality":
            return f'{source} has it as planned ("{first.found}"), the claim as done'
        case "quote":
            said = first.found or "other words"
            return f'the quotation is not verbatim: {source} has "{said}", the claim "{first.said}"'
        case "relation":
            return f"{source} names {first.found} for this, the claim says {first.said}"
        case "negation" if findings.antonym.strength == 0:
            return _explain_denial(first, source, evidence)
        case _ if first.found:
            return f"{source} says {_with_unit(first, evidence)}, the claim says {first.said}"
        case _:
            return f'{source} does not have "{first.said}"'


def explain_supported(evidence: Sequence[Evidence], *, is_weak: bool) -> str:
    """Why the claim may stand."""
    source = _source(evidence, 0)
    return f"{source} seems to say so: read it" if is_weak else f"{source} says so"


def explain_not_found(seen: Seen, findings: Findings) -> str:
    """What is missing from the sources."""
    if not seen.matches:
        return "nothing in the sources has any of its words"
    names = findings.absent or _missing(seen, seen.matches[0])
    if names:
        listed = ", ".join(f'"{name}"' for name in names[:3])
        return f"nothing near says {listed}; the nearest line is about something else"
    return "no line says this; the nearest one is shown"


def correct(claim: str, differences: Sequence[Difference], evidence: Sequence[Evidence]) -> str:
    """The claim with its most suspect part as the evidence has it; empty where it does not fit."""
    if not differences:
        return ""
    first = differences[0]
    if not first.said or not first.found or not evidence or not _is_clean(first, claim, evidence):
        return ""
    return claim[: first.start] + first.found + claim[first.end :]


def _is_clean(one: Difference, claim: str, evidence: Sequence[Evidence]) -> bool:
    match one.kind:
        case "number" | "date":
            said = [it for it in read_numbers(claim) if it.start == one.start]
            text = evidence[one.evidence].text
            found = [it for it in read_numbers(text) if it.text == one.found]
            return any(
                it.kind == said[0].kind and (it.unit == said[0].unit or it.kind != "count")
                for it in found
            ) if said else False  # fmt: skip
        case "name" | "relation":
            return one.found[:1].isupper() == one.said[:1].isupper()
        case "attribution" | "quote":
            return bool(one.found)
        case "negation":
            is_word = " " not in one.found and " " not in one.said
            return (is_word and one.found[-2:] == one.said[-2:]) or (is_word and not _is_bent(one))
        case _:
            return False


def _is_bent(one: Difference) -> bool:
    endings = ("ed", "ing", "s", "ly", "er", "est")
    return any(one.said.endswith(end) != one.found.endswith(end) for end in endings)


def _explain_denial(first: Difference, source: str, evidence: Sequence[Evidence]) -> str:
    if not first.found:
        return f'the claim says "{first.said or "not"}", {source} says it is so'
    text = evidence[first.evidence].text if evidence else ""
    at = max(0, text.find(first.found))
    start = max(text.rfind(mark, 0, at) for mark in (". ", "? ", "! ")) + 1
    line = text[start:].strip()[:_LONGEST_QUOTE]
    return f'{source} denies it: "{line}"'


def _with_unit(one: Difference, evidence: Sequence[Evidence]) -> str:
    if one.kind != "number" or not evidence:
        return one.found
    text = evidence[one.evidence].text
    at = text.find(one.found)
    if at < 0:
        return one.found
    tail = text[at + len(one.found) :].split(" ", 2)
    word = tail[1].strip(".,;:!?\"'") if len(tail) > 1 and not tail[0] else ""
    return f"{one.found} {word}" if word.isalpha() and len(word) > 2 else one.found


def _source(evidence: Sequence[Evidence], place: int) -> str:
    if not evidence:
        return "the source"
    shown = evidence[min(place, len(evidence) - 1)].citation
    is_spoken = shown.speaker is not None or shown.locator.start_ms is not None
    return "the transcript" if is_spoken else "the document"


def _missing(seen: Seen, best: Match) -> list[str]:
    words = [
        (word.idf, word.token.text) for place, word in enumerate(seen.text.words)
        if word.weight > 0 and best.soft[place] < 0.3 and word.role != "speaker"
    ]  # fmt: skip
    return [text for _, text in sorted(words, reverse=True)[:2]]
