"""What is shown of a verdict: the best places, the parts that differ, and a sentence on why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pmagent.factcheck.cues import best_line
from pmagent.factcheck.judging import Findings, Seen
from pmagent.factcheck.matching import Match
from pmagent.factcheck.polarity import Cue
from pmagent.factcheck.shelf import Shelf
from pmagent.factcheck.slots import Probe
from pmagent.ingest.passages import locate
from pmagent.types.checking import Difference, DifferenceKind, Evidence

PLACES = 3
_NAME_SHARE = 0.8
"""Of a name's strength beside a number's: another name nearby is the weaker sign."""
_LEAST = 0.05


def choose_places(seen: Seen, findings: Findings) -> list[Match]:
    """Up to three windows of as many passages, best first, with those a difference rests on."""
    chosen: dict[int, Match] = {}
    for match in seen.matches:
        chosen.setdefault(match.read.window.row, match)
        if len(chosen) == PLACES:
            break
    places = list(chosen.values())
    for cue in (findings.relation, findings.negation, findings.antonym, findings.attribution):
        if cue.strength and cue.match is not None:
            row = cue.match.read.window.row
            if row not in chosen:
                places[1:] = [cue.match, *places[1:]][: PLACES - 1]
                chosen[row] = cue.match
    return places[:PLACES]


def show_place(shelf: Shelf, seen: Seen, match: Match) -> Evidence:
    """One window as evidence, cited by its own lines."""
    window = match.read.window
    speaker = window.lines[best_line(seen.text.words, match)].speaker
    locator = locate(window.passage, window.lines[0].start, window.lines[-1].end)
    return Evidence(
        citation=shelf.index.citation(window.passage, locator, speaker),
        text=window.text,
        passage=window.passage.text,
        score=round(min(1.0, max(0.0, 0.7 * match.coverage + 0.3 * match.cosine)), 4),
    )


def list_differences(seen: Seen, findings: Findings, places: list[Match]) -> list[Difference]:
    """The parts that differ, the most suspect first."""
    found = sorted(_differences(seen, findings, places), key=lambda one: -one.strength)
    kept: list[Difference] = []
    for one in found:
        is_new = all(one.start >= other.end or other.start >= one.end for other in kept)
        if one.strength >= _LEAST and (is_new or not kept):
            kept.append(replace(one, strength=round(one.strength, 4)))
    return kept


def _differences(seen: Seen, findings: Findings, places: list[Match]) -> Iterator[Difference]:
    for one in findings.probes:
        if one.strength > 0:
            yield _of_probe(one, places)
    cues: tuple[tuple[DifferenceKind, Cue], ...] = (
        ("attribution", findings.attribution),
        ("negation", findings.antonym),
        ("negation", findings.negation),
        ("modality", findings.modality),
        ("relation", findings.relation),
    )
    for kind, cue in cues:
        if cue.strength > 0:
            start, end = cue.said or (0, 0)
            yield Difference(
                kind=kind,
                said=seen.claim.text[start:end],
                found=cue.found,
                start=start,
                end=end,
                evidence=_place_of(cue.match, places),
                strength=cue.strength,
            )
    if findings.quote is not None:
        start, end = findings.quote.said
        yield Difference(
            kind="quote",
            said=seen.claim.text[start:end],
            found=findings.quote.found,
            start=start,
            end=end,
            evidence=_place_of(findings.quote.match, places),
            strength=findings.quote.share,
        )


def _of_probe(one: Probe, places: list[Match]) -> Difference:
    quantity = one.suspect.quantity
    kind: DifferenceKind = "name"
    if quantity is not None:
        kind = "date" if quantity.kind in {"year", "month", "day"} else "number"
    return Difference(
        kind=kind,
        said=one.suspect.text,
        found=one.other.text if one.other else "",
        start=one.suspect.start,
        end=one.suspect.end,
        evidence=_place_of(one.other.match if one.other else None, places),
        strength=one.strength * (1.0 if quantity else _NAME_SHARE),
    )


def _place_of(match: Match | None, places: list[Match]) -> int:
    rows = [one.read.window.row for one in places]
    return rows.index(match.read.window.row) if match and match.read.window.row in rows else 0
