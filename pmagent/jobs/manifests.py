"""A draft's manifest: what it rests on, what was found about it, and whether that still holds.

Pure: values and text in, values and text out. The file's form carries a version; a manifest can be
checked with nothing but SHA-256, years later, by whoever has the files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from pmagent.errors import ReadError
from pmagent.types import Citation
from pmagent.types.checking import (
    CheckReport,
    Judged,
    Leave,
    Manifest,
    SourceSpan,
    Verdict,
    Verification,
    Waiver,
)
from pmagent.types.publishing import Kit

VERSION = 1
SUFFIX = ".manifest.json"
HELD_BACK = frozenset({"contradicted", "not_found", "needs_person"})
"""Verdicts with which a claim may not leave unless a person says so for that claim."""

Lines = Callable[[str], Sequence[str]]
"""Every line of a file as it is now; raises ReadError or AccessError."""


class _File(BaseModel):
    """The JSON on disk."""

    model_config = ConfigDict(extra="ignore")

    version: int
    manifest: Manifest


def manifest_path(draft: str) -> str:
    """Where the manifest of a draft stands: beside it, `post.md` → `post.manifest.json`."""
    folder, slash, name = draft.rpartition("/")
    stem = name.rpartition(".")[0] or name
    return f"{folder}{slash}{stem}{SUFFIX}"


def hash_words(lines: Iterable[str]) -> str:
    """SHA-256 of the words of some lines, white space folded, in UTF-8."""
    words = " ".join(" ".join(lines).split())
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def spans_of_kit(kit: Kit, lines: Lines) -> tuple[SourceSpan, ...]:
    """Every place the drafts of a kit rest on, each once, in order."""
    cited = [
        *(line.citation for line in kit.description.lines),
        *(line.citation for line in kit.notes),
        *(quote.citation for quote in kit.quotes),
        *(promise.citation for promise in kit.promises),
        *(idea.citation for idea in kit.titles if idea.citation is not None),
    ]
    path = kit.transcript.document.path
    starts = [(path, chapter.start_line, chapter.start_line) for chapter in kit.chapters]
    return _hashed([*map(_place, cited), *starts], lines)


def spans_of_report(report: CheckReport, lines: Lines) -> tuple[SourceSpan, ...]:
    """The best evidence of every claim."""
    best = [verdict.evidence[0].citation for verdict in report.verdicts if verdict.evidence]
    return _hashed([_place(citation) for citation in best], lines)


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.path, citation.locator.first_line, citation.locator.last_line


def _hashed(places: Sequence[tuple[str, int, int]], lines: Lines) -> tuple[SourceSpan, ...]:
    texts: dict[str, Sequence[str]] = {}
    spans: list[SourceSpan] = []
    for path, first, last in sorted(set(places)):
        text = texts.setdefault(path, ()) or lines(path)
        texts[path] = text
        digest = hash_words(text[first - 1 : last])
        spans.append(SourceSpan(path=path, first_line=first, last_line=last, sha256=digest))
    return tuple(spans)


def judge(verdict: Verdict) -> Judged:
    """A verdict as a manifest keeps it."""
    return Judged(
        claim=verdict.claim.text,
        word=verdict.word,
        score=round(verdict.score, 3),
        why=verdict.why,
        places=tuple(evidence.citation.place for evidence in verdict.evidence),
    )


def decide_leave(
    report: CheckReport, waivers: Sequence[Waiver], *, digest_now: str | None = None
) -> Leave:
    """Whether a draft may leave: every claim supported, or let stand by a person.

    `digest_now` is the draft's digest as it is now, where the report may be older than it.
    """
    if digest_now is not None and digest_now != report.digest:
        return Leave(reasons=("it was changed after it was checked; check it again",))
    waived = {waiver.claim for waiver in waivers}
    blocking = tuple(
        verdict
        for verdict in report.verdicts
        if verdict.word in HELD_BACK and verdict.claim.text not in waived
    )
    return Leave(reasons=_reasons([judge(one) for one in blocking]), blocking=blocking)


_TOLD = {
    "contradicted": ("claim is contradicted", "claims are contradicted"),
    "not_found": ("claim has no evidence", "claims have no evidence"),
    "needs_person": ("claim needs a person", "claims need a person"),
}


def _reasons(held: Sequence[Judged]) -> tuple[str, ...]:
    reasons: list[str] = []
    for word, (one, several) in _TOLD.items():
        count = sum(1 for judged in held if judged.word == word)
        if count:
            reasons.append(f"{count} {one if count == 1 else several}")
    return tuple(reasons)


def verify(
    manifest: Manifest, digest_now: str, lines: Lines, own: Sequence[Waiver]
) -> Verification:
    """What has become of a draft's sources. `own` is what this computer itself has on record."""
    changed: list[SourceSpan] = []
    moved: list[tuple[SourceSpan, int]] = []
    missing: list[str] = []
    for span in manifest.spans:
        if span.path in missing:
            continue
        try:
            text = lines(span.path)
        except ReadError:
            missing.append(span.path)
            continue
        if hash_words(text[span.first_line - 1 : span.last_line]) == span.sha256:
            continue
        place = _find(span, text)
        if place is None:
            changed.append(span)
        else:
            moved.append((span, place))
    return Verification(
        draft=manifest.draft,
        manifest=manifest,
        is_draft_same=digest_now == manifest.digest,
        changed=tuple(changed),
        moved=tuple(moved),
        missing=tuple(missing),
        leave=_leave_of(manifest, digest_now, own),
        notes=_strangers(manifest, own),
    )


def _find(span: SourceSpan, lines: Sequence[str]) -> int | None:
    """The first line of the same words elsewhere in the file."""
    size = span.last_line - span.first_line + 1
    for first in range(len(lines) - size + 1):
        if lines[first].strip() and hash_words(lines[first : first + size]) == span.sha256:
            return first + 1
    return None


def _leave_of(manifest: Manifest, digest_now: str, own: Sequence[Waiver]) -> Leave:
    if not manifest.is_checked:
        return Leave(reasons=("its claims were never checked",))
    if digest_now != manifest.digest:
        return Leave(reasons=("it was changed after it was checked; check it again",))
    waived = {waiver.claim for waiver in own}
    held = [one for one in manifest.verdicts if one.word in HELD_BACK and one.claim not in waived]
    return Leave(reasons=_reasons(held))


def _strangers(manifest: Manifest, own: Sequence[Waiver]) -> tuple[str, ...]:
    """A file beside a draft can be written by anybody: only this computer's own record counts."""
    known = {waiver.claim for waiver in own}
    strange = [waiver for waiver in manifest.waivers if waiver.claim not in known]
    if not strange:
        return ()
    names = ", ".join(sorted({waiver.by for waiver in strange}))
    are = "1 approval is" if len(strange) == 1 else f"{len(strange)} approvals are"
    return (f"{are} in the manifest and not on record here, so not counted: {names}",)


def write_manifest(manifest: Manifest) -> str:
    """The manifest as JSON, keys in a fixed order."""
    body = {"version": VERSION, "manifest": asdict(manifest)}
    return json.dumps(body, ensure_ascii=False, indent=1, default=_plain) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def read_manifest(text: str, path: str) -> Manifest:
    """The manifest that `write_manifest` wrote.

    Raises:
        ReadError: it is none, or of a later version.
    """
    try:
        read = TypeAdapter(_File).validate_json(text)
    except ValidationError as exc:
        first = exc.errors()[0]["msg"]
        raise ReadError(f'"{path}" is no manifest: {first}', "check the draft again") from exc
    if read.version != VERSION:
        raise ReadError(f'"{path}" is of version {read.version}', "update pmagent to read it")
    return read.manifest
