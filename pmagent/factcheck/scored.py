"""Verdicts as the lines of a batch: `{"id", "verdict", "score", "evidence": [...]}`.

A batch knows three words. `not_found` is `not_in_archive` there. `needs_person` has none: it
becomes `supported` where the score is at least one half, `contradicted` where a part of the claim
is put otherwise by its evidence, and else `not_in_archive`.
"""

from __future__ import annotations

import json

from pmagent.types.checking import Evidence, Verdict

MOST_EVIDENCE = 3


def scored_word(verdict: Verdict) -> str:
    """One of `supported`, `contradicted`, `not_in_archive`."""
    match verdict.word:
        case "supported" | "contradicted":
            return verdict.word
        case "not_found":
            return "not_in_archive"
        case "needs_person":
            if verdict.score >= 0.5:
                return "supported"
            return "contradicted" if verdict.differences else "not_in_archive"


def scored(claim_id: str, verdict: Verdict) -> dict[str, object]:
    """The verdict on the claim of that id as a value that JSON can hold."""
    return {
        "id": claim_id,
        "verdict": scored_word(verdict),
        "score": round(verdict.score, 4),
        "evidence": [_place(one) for one in verdict.evidence[:MOST_EVIDENCE]],
    }


def scored_line(claim_id: str, verdict: Verdict) -> str:
    """The same as one line, without its end."""
    return json.dumps(scored(claim_id, verdict), ensure_ascii=False)


def _place(evidence: Evidence) -> dict[str, object]:
    locator = evidence.citation.locator
    return {
        "path": evidence.citation.path,
        "start_line": locator.first_line,
        "end_line": locator.last_line,
        "text": evidence.text,
    }
