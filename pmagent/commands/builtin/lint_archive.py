"""`/lint-archive`: where drafts disagree with canonical sources, or with older documents."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.types.checking import Disagreement
from pmagent.types.turns import Said, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """Each disagreement with both places."""
    del argument
    found = bench.jobs.lint()
    if not found:
        yield Said(text="No draft disagrees with the archive.\n")
        return
    rows = [row for one in found for row in _rows(one)]
    yield Said(text="\n".join(["# Drafts that disagree", "", *rows]) + "\n")


def _rows(one: Disagreement) -> tuple[str, ...]:
    claim, source = one.claim, one.evidence.citation
    rank = ", which is canonical," if one.is_canonical else ""
    return (
        f"- “{claim.source or claim.text}” `[{claim.path}:{claim.first_line}]`",
        f"  {source.label}{rank} says “{one.evidence.text}” `[{source.place}]`",
        "",
    )


builtin = Builtin(
    name="lint-archive",
    group="Publish",
    summary="Drafts whose figures, dates or names disagree with their sources",
    details="What `AGENTS.md` calls canonical comes first. Drafts and show notes are looked at.",
    run=run,
)
