"""`pmagent verify`: whether a draft and what it rests on are still what they were."""

from __future__ import annotations

import click

from pmagent.cli import codes
from pmagent.cli.output import Output, common_options, make_output
from pmagent.garden import Garden
from pmagent.types.checking import SourceSpan, Verification


@click.command(short_help="Check a draft against its manifest, also years later.")
@click.argument("draft")
@common_options
def command(draft: str, **flags: object) -> int:
    """Compare DRAFT, its sources and its approvals with the manifest beside it.

    Exit code 1 when the draft or a source has changed, or when the draft may not leave.
    """
    output = make_output("verify", flags)
    with Garden.find(str(flags["garden"])) as garden:
        found = garden.jobs.verify(draft)
    is_whole = found.is_draft_same and not found.changed and not found.missing
    is_ok = is_whole and found.leave.is_free
    if output.as_json:
        output.envelope(_values(found), ok=is_ok)
    else:
        _show(output, found)
    return codes.OK if is_ok else codes.NONE


def _show(output: Output, found: Verification) -> None:
    manifest = found.manifest
    day = manifest.made_at.date().isoformat()
    made = f"{found.draft}  made {day} by {manifest.made_by}"
    output.line(output.style(f"{made} from {manifest.source}" if manifest.source else made, "bold"))
    same = "is what it was" if found.is_draft_same else "was changed since"
    output.line(output.style(f"the draft {same}"))
    held = len(manifest.spans) - len(found.changed) - len(found.moved)
    output.line(output.style(f"{held} of {len(manifest.spans)} places say what they said"))
    for span, first in found.moved:
        output.line(output.style(f"moved    {_place(span)} → line {first}, the same words"))
    for span in found.changed:
        output.line(output.style(f"changed  {_place(span)}"))
    for path in found.missing:
        output.line(output.style(f"missing  {path}"))
    for waiver in manifest.waivers:
        when = waiver.at.date().isoformat()
        note = f": {waiver.note}" if waiver.note else ""
        output.line(output.style(f'let stand by {waiver.by}, {when}: "{waiver.claim}"{note}'))
    for note in found.notes:
        output.note(note)
    if found.leave.is_free:
        output.line(output.style("it may leave"))
    for reason in found.leave.reasons:
        output.line(output.style(f"held back: {reason}"))


def _place(span: SourceSpan) -> str:
    lines = f"{span.first_line}-{span.last_line}"
    return f"{span.path}:{span.first_line if span.first_line == span.last_line else lines}"


def _values(found: Verification) -> dict[str, object]:
    manifest = found.manifest
    return {
        "draft": found.draft,
        "made_at": manifest.made_at.isoformat(),
        "made_by": manifest.made_by,
        "source": manifest.source,
        "draft_is_same": found.is_draft_same,
        "places": len(manifest.spans),
        "changed": [_place(span) for span in found.changed],
        "moved": [{"from": _place(span), "to_line": first} for span, first in found.moved],
        "missing": list(found.missing),
        "waivers": [
            {"claim": one.claim, "by": one.by, "at": one.at.isoformat(), "note": one.note}
            for one in manifest.waivers
        ],
        "may_leave": found.leave.is_free,
        "held_back": list(found.leave.reasons),
        "notes": list(found.notes),
    }
