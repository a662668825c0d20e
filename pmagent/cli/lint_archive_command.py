"""`pmagent lint-archive`: drafts that disagree with canonical sources, or with older documents."""

from __future__ import annotations

import click

from pmagent.cli import as_json, codes
from pmagent.cli.output import Output, common_options, make_output
from pmagent.garden import Garden
from pmagent.types.checking import Disagreement


@click.command("lint-archive", short_help="Find drafts that disagree with their sources.")
@common_options
def command(**flags: object) -> int:
    """Hold the figures, dates and names of drafts and show notes against the archive.

    Sources that AGENTS.md calls canonical come first. Exit code 1 when something disagrees.
    """
    output = make_output("lint-archive", flags)

    def tell(done: int, of: int) -> None:
        output.step(f"looked at {done} of {of} claims")

    with Garden.find(str(flags["garden"])) as garden:
        found = garden.jobs.lint(on_progress=tell)
    if output.as_json:
        rows = [
            {
                "claim": one.claim.text,
                "place": f"{one.claim.path}:{one.claim.first_line}",
                "said": one.difference.said,
                "found": one.difference.found,
                "source": as_json.citation(one.evidence.citation),
                "text": one.evidence.text,
                "is_canonical": one.is_canonical,
                "correction": one.correction,
            }
            for one in found
        ]
        output.envelope({"disagreements": rows}, ok=not found)
    else:
        for one in found:
            _show(output, one)
        if not found:
            output.line("no draft disagrees with the archive")
    return codes.NONE if found else codes.OK


def _show(output: Output, one: Disagreement) -> None:
    claim = one.claim
    output.line(output.style(f"{claim.path}:{claim.first_line}", "bold"))
    output.line(output.style(f'  says   "{claim.source or claim.text}"'))
    rank = " (canonical)" if one.is_canonical else ""
    output.line(output.style(f'  {one.evidence.citation.label}{rank} says "{one.evidence.text}"'))
    if one.difference.said and one.difference.found:
        told = f'  "{one.difference.said}" there, "{one.difference.found}" in the source'
        output.line(output.style(told, "dim"))
