"""`facts.*`: every claim of a text held against sources, as a step can decide by it.

What a person let stand in the check screen counts as such, and holds nothing back. A claim that
only a person can judge counts as unsupported: what leaves must be borne out by something.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmagent.errors import UsageError
from pmagent.functions._arguments import (
    Given,
    document_of,
    list_of,
    number_in,
    record_of,
    records_of,
    text_in,
    text_of,
)
from pmagent.functions._cited import mark_at, without_marks
from pmagent.functions._verdicts import literal, tell
from pmagent.nlp.counted import counted
from pmagent.types.actions import Json
from pmagent.types.calls import CallDesk, CallSpec, Function, Parameter
from pmagent.types.checking import CheckReport

ARCHIVE = "the archive"
WORDS: Mapping[str, str] = {
    "supported": "supported",
    "contradicted": "contradicted",
    "not_found": "unsupported",
    "needs_person": "unsupported",
}
MOST_TOLD = 20
"""Claims that a summary names."""
KEPT = "kept"
"""A claim that a person lets stand as it is."""
NOTHING: Mapping[str, Json] = {
    "claim": "", "at": "", "source": "", "says": "", "differs": "", "correction": "",
}  # fmt: skip


def _check(given: Given, desk: CallDesk) -> Json:
    sources = _sources(given, desk)
    report, kept = _report(given, sources, desk)
    named = desk.matching(sources)
    rows = [
        literal(
            tell(verdict, KEPT if number in kept else WORDS[verdict.word], desk), named, desk
        ).record()
        for number, verdict in enumerate(report.verdicts)
    ]
    wrong = [row for row in rows if row["verdict"] == "contradicted"]
    open_ = [row for row in rows if row["verdict"] == "unsupported"]
    opinions = sum(1 for claim in report.set_aside if claim.kind == "opinion")
    return {
        "contradicted": len(wrong),
        "unsupported": len(open_),
        "supported": sum(1 for row in rows if row["verdict"] == "supported"),
        "kept": sum(1 for row in rows if row["verdict"] == KEPT),
        "opinions": opinions,
        "aside": len(report.set_aside),
        "contradicted_claims": [row["words"] for row in wrong],
        "unsupported_claims": [row["words"] for row in open_],
        "worst": _worst(wrong or open_),
        "verdicts": [*rows],
        "sources": list(sources) or [ARCHIVE],
        "notes": list(report.notes),
    }


def _report(
    given: Given, sources: Sequence[str], desk: CallDesk
) -> tuple[CheckReport, frozenset[int]]:
    """The check, and which of its claims a person lets stand: only those of a file can be kept."""
    value = given.get("text")
    if isinstance(value, Mapping) and value.get("kind") == "document":
        report = desk.jobs.check(text_in(value, "path"), sources=sources)
        if text_in(value, "sha256") not in ("", report.digest):
            raise UsageError(
                f'"{report.path}" has changed since this run read it', "start a new run"
            )
        return report, frozenset(desk.jobs.kept(report))
    text = without_marks(text_of(given, "text"))
    return desk.jobs.check_text(text, sources=sources), frozenset()


def _sources(given: Given, desk: CallDesk) -> tuple[str, ...]:
    """Documents and globs as paths and globs; a glob that names nothing is left out.

    Raises:
        UsageError: sources are named, and none of them is there.
    """
    value = given.get("sources")
    if value is None:
        return ()
    named = (value,) if isinstance(value, str | Mapping) else list_of(given, "sources")
    found: list[str] = []
    for one in named:
        if isinstance(one, Mapping):
            found.append(document_of({"source": one}, "source", desk).path)
        elif isinstance(one, str) and desk.matching(one):
            found.append(one)
    if named and not found:
        raise UsageError("none of the sources is there", "name a document, or a glob that fits one")
    return tuple(dict.fromkeys(found))


def _worst(rows: Sequence[Mapping[str, Json]]) -> Json:
    """The first that is surely wrong; where none is sure, the first."""
    if not rows:
        return dict(NOTHING)
    row = next((one for one in rows if not one["is_weak"]), rows[0])
    return {
        "claim": row["words"],
        "at": row["at"],
        "source": row["place"] or "no source",
        "says": row["says"],
        "differs": row["differs"],
        "correction": row["correction"],
    }


def _table(given: Given, desk: CallDesk) -> Json:
    """The verdicts as a Markdown table, wrong ones first."""
    del desk
    order = {"contradicted": 0, "unsupported": 1, KEPT: 2, "supported": 3}
    rows = sorted(
        records_of(record_of(given, "facts"), "verdicts"),
        key=lambda row: order.get(text_in(row, "verdict"), 4),
    )
    if not rows:
        return "It makes no claim that can be checked.\n"
    lines = ["| Verdict | Claim | Where | What the source says | Source |", "|---|---|---|---|---|"]
    for row in rows:
        said = text_in(row, "says") if text_in(row, "verdict") != "supported" else ""
        cells = (row["verdict"], row["claim"], row["at"], said, row["place"])
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _cell(value: Json) -> str:
    return " ".join(str(value).split()).replace("|", "\\|") or "—"


def _summary(given: Given, desk: CallDesk) -> Json:
    """What was found, in cited text: every claim that is wrong or that nothing bears out."""
    del desk
    facts = record_of(given, "facts")
    wrong, open_ = number_in(facts, "contradicted"), number_in(facts, "unsupported")
    sound = number_in(facts, "supported")
    if not wrong and not open_:
        kept = number_in(facts, "kept")
        told = f", and {counted(kept, 'claim')} stands by your word" if kept == 1 else ""
        told = f", and {kept} stand by your word" if kept > 1 else told
        return f"Nothing stands in its way: {counted(sound, 'claim')} borne out{told}.\n"
    verb = "is" if wrong == 1 else "are"
    rest = f"{open_} without a source, {sound} borne out"
    head = f"{counted(wrong, 'claim')} {verb} contradicted, {rest}."
    lines = [head, ""]
    told_rows = [
        row
        for row in records_of(facts, "verdicts")
        if text_in(row, "verdict") in ("contradicted", "unsupported")
    ]
    for row in told_rows[:MOST_TOLD]:
        word = text_in(row, "verdict")
        if word == "contradicted":
            place = text_in(row, "place")
            said = f"“{text_in(row, 'says')}”{mark_at(place) if place else ''}"
            lines.append(
                f"- {text_in(row, 'at')} says “{text_in(row, 'claim')}”. The source: {said}"
            )
        else:
            lines.append(
                f"- {text_in(row, 'at')} says “{text_in(row, 'claim')}”. No source says so."
            )
    if len(told_rows) > MOST_TOLD:
        lines.append(f"- and {len(told_rows) - MOST_TOLD} more, which the table holds")
    return "\n".join(lines) + "\n"


_VERDICT = (
    "{claim: str, words: str, at: str, verdict: str, place: str, says: str, differs: str, "
    "correction: str, is_weak: bool}"
)
_FACTS = Parameter(name="facts", shape="any")

functions = (
    Function(
        spec=CallSpec(
            name="facts.check",
            summary="A verdict on every claim of a text or document, by the archive or by sources",
            parameters=(
                Parameter(name="text", shape="any"),
                Parameter(name="sources", shape="any", is_optional=True),
            ),
            gives=(
                "{contradicted: int, unsupported: int, supported: int, kept: int, opinions: int, "
                "aside: int, contradicted_claims: [str], unsupported_claims: [str], "
                "worst: {claim: str, at: str, source: str, says: str, differs: str, "
                f"correction: str}}, verdicts: [{_VERDICT}], sources: [str], notes: [str]}}"
            ),
        ),
        run=_check,
    ),
    Function(
        spec=CallSpec(
            name="facts.table",
            summary="The verdicts of a check as a Markdown table",
            parameters=(_FACTS,),
            gives="str",
        ),
        run=_table,
    ),
    Function(
        spec=CallSpec(
            name="facts.summary",
            summary="What a check found, each wrong or unsupported claim with its place",
            parameters=(_FACTS,),
            gives="str",
        ),
        run=_summary,
    ),
)
