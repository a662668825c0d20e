"""What kind of talk it is, and how one sentence says who talks about what.

A meeting is never called an episode, and nobody is said to speak who does not. Without speakers
nothing is said of anyone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from pmagent.discourse.lines import Talk
from pmagent.publish.wording import join_names

Occasion = Literal["episode", "meeting", "conversation", "talk", "text"]

FEWEST_SHARE = 0.08
"""Of the words; who says less is not named as a speaker."""
MOST_NAMED = 4
MEETING_SPEAKERS = 4
"""From so many speakers on it is a meeting, unless it calls itself something else."""

_EPISODE = re.compile(
    r"(?i)\b(?:this (?:week['’]s )?episode|(?:this|the|our|my) (?:podcast|show)\b|podcast"
    r"|welcome (?:back )?to (?:the |another )?"
    r"(?:\w+ ){0,4}(?:podcast|show|episode)|(?:dear |our )listeners|show notes|episode \d+"
    r"|our guests?\b|my guests?\b|live from|subscribe)"
)
_MEETING = re.compile(
    r"(?i)\b(?:(?:this|the|our|today['’]s|last|next) (?:\w+ )?meeting|agenda|minutes of"
    r"|take (?:the )?minutes|action items?|stand-?up"
    r"|retro(?:spective)?|sprint|apologies for absence|committee|kick-?off)\b"
)
_EPISODE_FILE = re.compile(r"(?i)(?:^|[\W_])(?:ep|episode|podcast)[\W_]?\d+")
_ALIAS = re.compile(r"\s*\(([^)]{1,12})\)\s*$")
_NOBODY = re.compile(
    r"(?i)^(?:speaker|unknown|unidentified|person|voice|participant|audience|all"
    r"|spk)[\s_-]*(?:\w|\d+)?$"
)


def occasion_of(talk: Talk) -> Occasion:
    """The kind of talk, by who speaks and what they call it."""
    if not talk.is_spoken:
        return "text"
    voices = len(voices_of(talk))
    name = talk.document.path.rpartition("/")[2]
    if _EPISODE_FILE.search(name):
        return "episode"
    text = " ".join(line.text for line in (*talk.lines[:150], *talk.lines[-40:]))
    episode, meeting = len(_EPISODE.findall(text)), len(_MEETING.findall(text))
    if episode > meeting or (episode and episode == meeting and voices < MEETING_SPEAKERS):
        return "episode"
    if meeting > 1 or voices >= MEETING_SPEAKERS:
        return "meeting"
    return "conversation" if voices > 1 else "talk"


def voices_of(talk: Talk) -> dict[str, float]:
    """Share of the words by speaker, most first; `AvW` counts for `Ann van Wyk (AvW)`."""
    words = Counter[str]()
    for line in talk.lines:
        if line.speaker:
            words[line.speaker] += len(line.words)
    aliases = {found[1]: name for name in words if (found := _ALIAS.search(name))}
    merged = Counter[str]()
    for name, count in words.items():
        merged[_ALIAS.sub("", aliases.get(name, name)).strip()] += count
    total = sum(merged.values()) or 1
    return {name: count / total for name, count in merged.most_common()}


def named_voices(talk: Talk) -> tuple[str, ...]:
    """Who is worth naming, in order of appearance; `Speaker 2` is nobody."""
    shares = voices_of(talk)
    chosen = [name for name, share in shares.items() if share >= FEWEST_SHARE and shown_name(name)]
    order = [_ALIAS.sub("", name).strip() for name in talk.speakers]
    named = sorted(
        chosen[:MOST_NAMED], key=lambda name: order.index(name) if name in order else len(order)
    )
    return tuple(shown_name(name, talk) for name in named)


def shown_name(speaker: str | None, talk: Talk | None = None) -> str:
    """The name without what is in brackets behind it; empty for `Speaker 2`.

    `NELL` is shown as `Nell` where somebody in the talk says it so, or all names are in capitals.
    """
    name = _ALIAS.sub("", speaker or "").strip()
    if _NOBODY.match(name):
        return ""
    if talk is not None and name.isupper() and len(name) > 2:
        usual = re.compile(rf"\b{re.escape(name.title())}\b")
        # A transcript that writes every name in capitals means none of them as an abbreviation.
        is_style = len(talk.speakers) > 1 and all(one.isupper() for one in talk.speakers)
        if is_style or any(usual.search(line.text) for line in talk.lines):
            return name.title()
    return name


def frame_of(talk: Talk, subjects: Sequence[str], *, with_names: bool = True) -> str:
    """One sentence that says who talks about what; empty where there is no subject."""
    if not subjects:
        return ""
    what = join_names(subjects)
    occasion = occasion_of(talk)
    names = named_voices(talk) if with_names else ()
    who = join_names(names)
    verb = "discuss" if len(names) > 1 else "talks about"
    match occasion:
        case "episode":
            return (
                f"In this episode, {who} {verb} {what}."
                if who
                else f"This episode is about {what}."
            )
        case "meeting":
            return f"The meeting was about {what}."
        case "conversation":
            return f"{who} {verb} {what}." if who else f"A conversation about {what}."
        case "talk":
            return f"{who} talks about {what}." if who else f"A talk about {what}."
        case "text":
            return f"About {what}."
