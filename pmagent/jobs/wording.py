"""What a language model adds to a job: better words for a kit, a second opinion on a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pmagent.errors import ReadError
from pmagent.factcheck.second_opinion import second_opinion
from pmagent.publish.polish import polish_kit
from pmagent.publish.source import Source
from pmagent.publish.voice.profile import Voice, find_posts, measure_voice, post_of
from pmagent.types.checking import CheckReport
from pmagent.types.publishing import Kit
from pmagent.types.talk import Model

MOST_POSTS = 20
"""The latest that a voice is measured on."""


def word(kit: Kit, source: Source, model: Model) -> Kit:
    """The kit in better words, none of which says more than the transcript."""
    return polish_kit(kit, source, model, voice_of(source))


def voice_of(source: Source) -> Voice | None:
    """How the person writes, as far as their posts in the garden show."""
    archive = source.archive
    texts: list[str] = []
    for path in find_posts(archive.paths())[-MOST_POSTS:]:
        try:
            texts.append(post_of(archive.document(path)))
        except ReadError:
            continue
    return measure_voice(texts)


def second(report: CheckReport, model: Model, stop: Callable[[], bool]) -> CheckReport:
    """The report with what a model says that saw the evidence alone."""
    verdicts, notes = second_opinion(report.verdicts, model, stop)
    return replace(report, verdicts=verdicts, notes=(*report.notes, *notes))
