"""`/check`: a verdict on every claim of a text, with the evidence beside it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from pmagent.commands.bench import Bench, Builtin
from pmagent.errors import UsageError
from pmagent.types.checking import CheckReport
from pmagent.types.turns import Noted, Said, Screen, TurnEvent

SOURCES = ("--sources", "--in")
SENTENCE_WORDS = 4
"""From which on words that name no document are a claim themselves."""


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The report on its screen."""
    name, sources = _read(argument)
    report = _checked(name, sources, bench)
    for note in report.notes:
        yield Noted(text=note)
    if not report.path:
        yield Said(text=bench.jobs.report_page(report))
        return
    words = [report.path, *(f"--sources {shlex.quote(one)}" for one in sources)]
    yield Screen(name="check", argument=" ".join(words), text=bench.jobs.report_page(report))


def _checked(name: str, sources: Sequence[str], bench: Bench) -> CheckReport:
    """The document of that name, or the words themselves where they are a sentence.

    Raises:
        UsageError: it is neither.
    """
    try:
        return bench.jobs.check(name, sources=sources, stop=lambda: bench.is_stopping)
    except UsageError:
        if len(name.split()) < SENTENCE_WORDS:
            raise
        return bench.jobs.check_text(name, sources=sources)


def _read(argument: str) -> tuple[str, Sequence[str]]:
    """The document, and where evidence is looked for.

    Raises:
        UsageError: nothing is named.
    """
    try:
        words = shlex.split(argument)
    except ValueError:
        words = argument.split()
    names: list[str] = []
    sources: list[str] = []
    is_source = False
    for word in words:
        if word in SOURCES:
            is_source = True
        elif is_source:
            sources.append(word)
        else:
            names.append(word)
    if not names:
        raise UsageError("no text is named", "write /check drafts/post.md")
    return " ".join(names).removeprefix("@"), sources


builtin = Builtin(
    name="check",
    aliases=("fact-check",),
    group="Publish",
    summary="Check every claim of a draft: supported, contradicted or not found, with evidence",
    argument_hint="FILE [--sources GLOB …]",
    details=(
        "A sentence in place of a file is checked as it stands: `/check Seats cost nine dollars.` "
        "Opinions, questions and plans are set aside. A draft may not leave while a claim is "
        "contradicted or has no evidence, unless you say so for that claim."
    ),
    run=run,
)
