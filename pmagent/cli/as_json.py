"""Values as JSON, by the names every script relies on: fields are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from pmagent.types import (
    Abstention,
    Answer,
    Citation,
    Coverage,
    FileState,
    Found,
    Hit,
    Locator,
    Map,
    Reading,
    Status,
    format_time,
)
from pmagent.types.actions import AuditEntry, Decision, Denied, Done, Failed, Outcome, Unanswered
from pmagent.types.rights import GardenRights


def place(locator: Locator) -> dict[str, object]:
    """Lines, times and page of a span."""
    value: dict[str, object] = {
        "start_line": locator.first_line,
        "end_line": locator.last_line,
    }
    if locator.start_ms is not None:
        value["start_ms"] = locator.start_ms
        value["end_ms"] = locator.end_ms
        value["time"] = format_time(locator.start_ms)
        value["time_is_estimated"] = locator.is_interpolated
    if locator.page is not None:
        value["page"] = locator.page
    return value


def citation(cited: Citation) -> dict[str, object]:
    """Where a quote stands and how a person is told."""
    return {
        "path": cited.path,
        **place(cited.locator),
        "title": cited.title,
        "date": cited.date.isoformat(),
        "date_source": cited.date_source,
        "speaker": cited.speaker,
        "label": cited.label,
    }


def hit(found: Hit, *, explain: bool = False) -> dict[str, object]:
    """A passage found: its own lines, and the focus that is cited."""
    passage = found.passage
    value: dict[str, object] = {
        "path": passage.path,
        **place(passage.locator),
        "text": passage.text,
        "score": round(found.score, 5),
        "quote": found.quote,
        "focus": citation(found.citation),
        "heading": list(passage.heading),
        "speakers": list(passage.speakers),
        "passage_id": passage.id,
        "duplicates": [citation(item) for item in found.duplicates],
    }
    if explain:
        why = found.why
        value["why"] = {
            "words": why.words,
            "meaning": why.meaning,
            "static": why.static,
            "late": why.late,
            "neighbour": why.neighbour,
            "document": why.document,
            "terms": list(why.terms),
        }
    return value


def coverage(value: Coverage) -> dict[str, object]:
    """What an answer could see."""
    return {
        "documents": value.documents,
        "passages": value.passages,
        "passages_by_static": value.with_static,
        "passages_by_meaning": value.with_meaning,
        "files_waiting": value.waiting,
    }


def finding(found: Found, *, abstained: bool) -> dict[str, object]:
    """What is said of every search."""
    return {
        "query": found.query.text,
        "abstained": abstained,
        "confidence": round(found.confidence, 4),
        "score": round(found.confidence, 4),
        "threshold": found.threshold,
        "tier": found.tier,
        "intent": found.intent,
        "refined": found.is_refined,
        "coverage": coverage(found.coverage),
    }


def where(reply: Map | Abstention, *, explain: bool = False) -> dict[str, object]:
    """The map, or the abstention with what came nearest."""
    found = reply.found
    if isinstance(reply, Abstention):
        return {
            **finding(found, abstained=True),
            "reason": reply.reason,
            "results": [],
            "nearest": [hit(item, explain=explain) for item in reply.nearest],
        }
    return {
        **finding(found, abstained=False),
        "results": [hit(item, explain=explain) for item in found.hits],
        "themes": [
            {"label": theme.label, "hits": [item.passage.id for item in theme.hits]}
            for theme in reply.themes
        ],
        "first": citation(reply.first.citation),
        "latest": citation(reply.latest.citation),
        "timeline": [{"quarter": quarter, "mentions": count} for quarter, count in reply.timeline],
    }


def ask(reply: Answer | Abstention, *, explain: bool = False) -> dict[str, object]:
    """The answer with its citations, or the abstention."""
    found = reply.found
    hits = [hit(item, explain=explain) for item in found.hits]
    if isinstance(reply, Abstention):
        return {
            **finding(found, abstained=True),
            "reason": reply.reason,
            "answer": None,
            "citations": [],
            "results": hits,
        }
    return {
        **finding(found, abstained=False),
        "answer": " ".join(
            f"{sentence.text} [{number}]"
            for number, sentence in enumerate(reply.sentences, start=1)
        ),
        "citations": [
            {"n": number, "quote": sentence.text, **citation(sentence.citation)}
            for number, sentence in enumerate(reply.sentences, start=1)
        ],
        "differences": list(reply.differences),
        "results": hits,
    }


def scored(
    identity: str, found: Found, hits: Sequence[Hit], *, abstained: bool
) -> dict[str, object]:
    """One line of `--batch`: the results are given also where it abstains, for who would differ."""
    return {
        "id": identity,
        "abstained": abstained,
        "score": round(found.confidence, 5),
        "results": [
            {
                "path": item.passage.path,
                "start_line": item.passage.locator.first_line,
                "end_line": item.passage.locator.last_line,
                "text": item.passage.text,
                "quote": item.quote,
                "label": item.citation.label,
                "date": item.citation.date.isoformat(),
                "score": round(item.score, 5),
            }
            for item in hits
        ],
    }


def file_state(state: FileState) -> dict[str, object]:
    """One file of the garden."""
    return {
        "path": state.path,
        "state": state.state,
        "reason": state.reason,
        "passages": state.passages,
        "date": state.date.isoformat() if state.date else None,
        "date_source": state.date_source,
        "format": state.format,
    }


def status(value: Status) -> dict[str, object]:
    """Every file, and what share of the garden can be searched."""
    return {
        "root": value.root,
        "files": {
            state: value.count(state) for state in ("indexed", "waiting", "skipped", "failed")
        },
        "coverage": coverage(value.coverage),
        "is_being_indexed": value.is_being_indexed,
        "embedder": value.embedder,
        "notes": list(value.notes),
        "list": [file_state(item) for item in value.files],
    }


def reading(value: Reading) -> dict[str, object]:
    """Lines of a file."""
    return {
        "path": value.path,
        "title": value.title,
        "date": value.date.isoformat(),
        "date_source": value.date_source,
        "cited": {"start_line": value.cited[0], "end_line": value.cited[1]},
        "total_lines": value.total_lines,
        "lines": [{"line": number, "text": text} for number, text in value.lines],
    }


def decision(made: Decision) -> dict[str, object]:
    """What the rules say, and the rule, file and line that says it."""
    rule = made.rule
    return {
        "effect": made.effect,
        "reason": made.reason,
        "rule": str(rule) if rule else None,
        "layer": rule.layer if rule else None,
        "source": str(rule.source) if rule else None,
    }


def outcome(came: Outcome) -> dict[str, object]:
    """What came of a call: `done`, `denied`, `unanswered` or `failed`."""
    match came:
        case Done(text=text, data=data, checkpoint=checkpoint):
            return {"outcome": "done", "text": text, "data": data, "checkpoint": checkpoint}
        case Denied(decision=made, by=by, note=note):
            return {"outcome": "denied", "by": by, "note": note, "decision": decision(made)}
        case Unanswered(decision=made, ask_id=ask_id):
            return {"outcome": "unanswered", "ask": ask_id, "decision": decision(made)}
        case Failed(message=message, hint=hint, can_retry=can_retry):
            return {
                "outcome": "failed", "message": message, "hint": hint, "can_retry": can_retry
            }  # fmt: skip


def audit_entry(entry: AuditEntry) -> dict[str, object]:
    """One line of the trail."""
    return {**asdict(entry), "at": entry.at.isoformat()}


def rights(held: GardenRights) -> dict[str, object]:
    """Rules, grants, level and what waits."""
    return {**asdict(held), "level": held.level.name.lower()}
