"""Everything that can be drafted from one transcript, put together."""

from __future__ import annotations

from pmagent.publish.chapters.find import find_chapters
from pmagent.publish.chapters.titles import title_chapters, title_further
from pmagent.publish.description import describe
from pmagent.publish.freshness import find_fresh
from pmagent.publish.headlines import propose_titles
from pmagent.publish.mentions.find import find_mentions
from pmagent.publish.notes import write_notes
from pmagent.publish.promises import find_promised
from pmagent.publish.quoting import choose_quotes
from pmagent.publish.source import Source
from pmagent.types.publishing import Kit

FEWEST_WORDS = 40
"""Of a document that anything is drafted from."""
_NO_EMBEDDER = "no embedder is at hand, so chapters and titles were found by words alone"


def make_kit(source: Source, *, more: float = 1.0) -> Kit:
    """The drafts of one document, from its own words alone.

    `more` scales the number of chapters. A document that says too little gives a kit that says so.
    """
    transcript = source.transcript
    if transcript.words < FEWEST_WORDS:
        told = f"it has {transcript.words} words: too little to draft from"
        return Kit(transcript=transcript, remarks=(*transcript.notes, told))
    embed = source.archive.embed
    found, further = find_chapters(transcript, embed=embed, more=more)
    chapters = title_chapters(transcript, found, embed=embed)
    suggestions = title_further(transcript, found, further, embed=embed)
    mentions = find_mentions(source)
    names = tuple(mention.text for mention in mentions)
    remarks = (*transcript.notes, *(() if embed(("a",)) is not None else (_NO_EMBEDDER,)))
    return Kit(
        transcript=transcript,
        titles=propose_titles(source, chapters, names),
        description=describe(source),
        chapters=chapters,
        suggestions=suggestions,
        notes=write_notes(source, chapters),
        quotes=choose_quotes(source),
        mentions=mentions,
        promises=find_promised(source),
        fresh=find_fresh(source),
        remarks=remarks,
    )
