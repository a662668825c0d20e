"""The values everything else passes around: documents, passages, locators, hits, answers.

Pure data. Nothing here reads a file, a clock or the environment; a value that exists is valid.
"""

from __future__ import annotations

from pmagent.types.answers import (
    Abstention,
    Answer,
    Coverage,
    Found,
    Hit,
    Map,
    Query,
    Reply,
    Sentence,
    Theme,
    Tier,
    Why,
)
from pmagent.types.documents import (
    Block,
    Citation,
    DateSource,
    Document,
    Locator,
    Parsed,
    Passage,
    Reading,
    Segment,
    Time,
    format_time,
    quote_of,
)
from pmagent.types.states import (
    Check,
    FileState,
    IndexReport,
    Progress,
    StageName,
    StateName,
    Status,
)

__all__ = [
    "Abstention",
    "Answer",
    "Block",
    "Check",
    "Citation",
    "Coverage",
    "DateSource",
    "Document",
    "FileState",
    "Found",
    "Hit",
    "IndexReport",
    "Locator",
    "Map",
    "Parsed",
    "Passage",
    "Progress",
    "Query",
    "Reading",
    "Reply",
    "Segment",
    "Sentence",
    "StageName",
    "StateName",
    "Status",
    "Theme",
    "Tier",
    "Time",
    "Why",
    "format_time",
    "quote_of",
]
