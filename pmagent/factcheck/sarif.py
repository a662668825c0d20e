"""A check as SARIF 2.1.0, which editors and code hosts show beside the lines of a draft.

A contradicted claim is an error; one that no source bears out, or that needs a person, a warning.
Supported claims are not listed. Made to the OASIS standard of 27 March 2020, sections 3.13 to 3.36.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import Literal

from pmagent.types.checking import CheckReport, Evidence, Verdict, VerdictWord

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION = "2.1.0"
_UNRESERVED = frozenset(f"{ascii_letters}{digits}-._~/")


@dataclass(frozen=True)
class _Rule:
    word: VerdictWord
    id: str
    level: Literal["error", "warning"]
    short: str
    full: str


_RULES = (
    _Rule(
        "contradicted",
        "contradicted",
        "error",
        "The sources say otherwise",
        "A part of the claim, such as a number, a date or a name, differs from its sources.",
    ),
    _Rule(
        "not_found",
        "not-found",
        "warning",
        "No source says this",
        "Nothing that was searched bears the claim out; the nearest lines are shown.",
    ),
    _Rule(
        "needs_person",
        "needs-person",
        "warning",
        "A person has to decide",
        "The sources disagree with each other, or are too near to a limit to be told apart.",
    ),
)


def sarif_of(reports: Sequence[CheckReport], *, version: str) -> dict[str, object]:
    """One run over all reports as a value that JSON can hold; `version` is the program's."""
    artifacts = [
        {"location": {"uri": _uri(report.path)}, "hashes": {"sha-256": report.digest}}
        for report in reports
        if report.path
    ]
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "pmagent",
                        "version": version,
                        "rules": [_rule(rule) for rule in _RULES],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "artifacts": artifacts,
                "results": [
                    result
                    for report in reports
                    for verdict in report.verdicts
                    if (result := _result(report, verdict)) is not None
                ],
            }
        ],
    }


def sarif_text(reports: Sequence[CheckReport], *, version: str) -> str:
    """The same as a file's text, with a line end; the same reports give the same bytes."""
    return json.dumps(sarif_of(reports, version=version), indent=2, ensure_ascii=False) + "\n"


def _rule(rule: _Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.short},
        "fullDescription": {"text": rule.full},
        "defaultConfiguration": {"level": rule.level},
    }


def _result(report: CheckReport, verdict: Verdict) -> dict[str, object] | None:
    found = [number for number, rule in enumerate(_RULES) if rule.word == verdict.word]
    if not found:
        return None
    rule = _RULES[found[0]]
    claim = verdict.claim
    path = report.path or claim.path
    result: dict[str, object] = {
        "ruleId": rule.id,
        "ruleIndex": found[0],
        "level": rule.level,
        "message": {"text": _message(verdict)},
        "partialFingerprints": {"claim/v1": _fingerprint(path, claim.text)},
        "properties": {"score": round(verdict.score, 4), "isWeak": verdict.is_weak},
    }
    if path:
        region = {
            "startLine": claim.first_line,
            "endLine": claim.last_line,
            "snippet": {"text": claim.source or claim.text},
        }
        result["locations"] = [
            {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}, "region": region}}
        ]
    if verdict.evidence:
        result["relatedLocations"] = [
            _related(number, evidence) for number, evidence in enumerate(verdict.evidence)
        ]
    return result


def _message(verdict: Verdict) -> str:
    told = [f'"{verdict.claim.text}": {verdict.why}']
    if verdict.evidence:
        # SARIF links a message to its related location by number.
        told.append("Nearest: [" + _unlinked(verdict.evidence[0].text) + "](0)")
    if verdict.correction:
        told.append(f'As the source has it: "{verdict.correction}"')
    return ". ".join(part.rstrip(".") for part in told) + "."


def _unlinked(text: str) -> str:
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _related(number: int, evidence: Evidence) -> dict[str, object]:
    locator = evidence.citation.locator
    return {
        "id": number,
        "message": {"text": evidence.citation.label},
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(evidence.citation.path)},
            "region": {
                "startLine": locator.first_line,
                "endLine": locator.last_line,
                "snippet": {"text": evidence.text},
            },
        },
    }


def _uri(path: str) -> str:
    """The path as RFC 3986 writes it: all but unreserved characters and slashes as `%20`."""
    return "".join(
        chr(byte) if chr(byte) in _UNRESERVED else f"%{byte:02X}" for byte in path.encode("utf-8")
    )


def _fingerprint(path: str, text: str) -> str:
    return hashlib.sha256(f"{path}\n{' '.join(text.split())}".encode()).hexdigest()
