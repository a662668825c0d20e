"""A check as JSON: fields are added, never changed."""

from __future__ import annotations

from pmagent.cli import as_json
from pmagent.types.checking import CheckReport, Claim, Difference, Evidence, Leave, Verdict


def report_values(report: CheckReport, leave: Leave, kept: tuple[int, ...]) -> dict[str, object]:
    """A whole check, with whether its text may leave."""
    return {
        "path": report.path,
        "digest": report.digest,
        "claims": [
            {**verdict_values(verdict), "is_kept": number in kept}
            for number, verdict in enumerate(report.verdicts)
        ],
        "set_aside": [{**_claim(claim), "kind": claim.kind} for claim in report.set_aside],
        "sources": list(report.sources),
        "searched": report.searched,
        "notes": list(report.notes),
        "gate": {"may_leave": leave.is_free, "held_back": list(leave.reasons)},
    }


def verdict_values(verdict: Verdict) -> dict[str, object]:
    """One verdict with its evidence."""
    return {
        **_claim(verdict.claim),
        "verdict": verdict.word,
        "score": round(verdict.score, 4),
        "why": verdict.why,
        "is_weak": verdict.is_weak,
        "evidence": [_evidence(one) for one in verdict.evidence],
        "differences": [_difference(one) for one in verdict.differences],
        "correction": verdict.correction,
        "second_opinion": verdict.second_opinion,
    }


def _claim(claim: Claim) -> dict[str, object]:
    return {
        "number": claim.number,
        "text": claim.text,
        "span": {"path": claim.path, "start_line": claim.first_line, "end_line": claim.last_line},
    }


def _evidence(evidence: Evidence) -> dict[str, object]:
    return {
        **as_json.citation(evidence.citation),
        "text": evidence.text,
        "score": round(evidence.score, 4),
    }


def _difference(difference: Difference) -> dict[str, object]:
    return {
        "kind": difference.kind,
        "said": difference.said,
        "found": difference.found,
        "start": difference.start,
        "end": difference.end,
        "evidence": difference.evidence,
        "strength": round(difference.strength, 4),
    }
