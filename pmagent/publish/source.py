"""What a kit is made from: one document, as turns and as sentences, and the archive around it."""

from __future__ import annotations

from dataclasses import dataclass

from pmagent.discourse.lines import Talk, read_talk
from pmagent.publish.transcript.read import read_transcript
from pmagent.types.insights import Archive
from pmagent.types.publishing import Transcript


@dataclass(frozen=True, kw_only=True)
class Source:
    """One document, read twice: chapters begin at turns, all else is made of sentences."""

    transcript: Transcript
    talk: Talk
    archive: Archive

    @property
    def path(self) -> str:
        """Where it stands in the garden."""
        return self.transcript.document.path


def read_source(archive: Archive, path: str) -> Source:
    """The document at `path`.

    Raises:
        ReadError: it cannot be read.
        AccessError: it may not be read.
    """
    talk = read_talk(archive, path)
    return Source(transcript=read_transcript(talk.document), talk=talk, archive=archive)
