"""What the places a post goes to will take. Conventions of 2026, each with who says so."""

from __future__ import annotations

APPLE_DESCRIPTION_BYTES = 4_000
"""Apple Podcasts cuts an episode's description there; UTF-8 bytes, markup counted."""
RSS_DESCRIPTION_BYTES = 4_000
"""The same field of the feed, read by the others as well."""
YOUTUBE_TITLE_CHARS = 100
YOUTUBE_DESCRIPTION_CHARS = 5_000
YOUTUBE_FEWEST_CHAPTERS = 3
YOUTUBE_SHORTEST_CHAPTER_S = 10
"""One chapter that breaks a rule switches all of them off."""
CHAPTER_TITLE_CHARS = 70
"""Players cut a chapter's title about there; at about 49 where it is shown on the bar."""
TITLE_CHARS = 70
"""Lists of episodes cut a title about there."""
GHOST_TITLE_CHARS = 255
GHOST_EXCERPT_CHARS = 300
SOUNDBITE_SHORTEST_S, SOUNDBITE_LONGEST_S = 15, 120
SOUNDBITE_TITLE_CHARS = 128
VTT_LINE_CHARS = 65
"""Apple's advice for transcripts."""
SRT_LINE_CHARS = 32
"""The podcast namespace's advice, two lines a cue."""


def byte_count(text: str) -> int:
    """Bytes of `text` in UTF-8."""
    return len(text.encode("utf-8", errors="replace"))


def cut_to(text: str, most: int) -> str:
    """`text` in at most `most` characters, cut behind a word and marked with `…`."""
    if len(text) <= most:
        return text
    head = text[:most]
    whole = head[:-1] if text[most - 1].isspace() else head[:-1].rpartition(" ")[0] or head[:-1]
    return f"{whole.rstrip(' ,;:–—-')}…"
