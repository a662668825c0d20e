"""How a person writes, measured on what they have published, and where a draft departs from it.

A habit is a range: the lowest and the highest of the past posts. A draft departs only beyond what
the posts themselves vary, so that no post of theirs would be told off by its own voice.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pmagent.agent.rule_paths import matches
from pmagent.nlp.counted import counted
from pmagent.publish.voice.measures import RATES, Case, Measured, Spelling, machine_words, measure
from pmagent.safe_text import safe_text
from pmagent.types.documents import Document

LEAST_POSTS = 3
LEAST_WORDS = 600
POSTS = ("**/posts/**", "**/blog/**", "**/show-notes/**")
"""Where past posts are looked for, unless a setting names other globs."""
_NEVER = ("**/drafts/**", "**/draft-*", "**/*.draft.*")
_WRITTEN = (".md", ".markdown", ".mdx", ".txt", ".html", ".htm", ".docx", ".rst", ".org")
_MOST_OPENINGS = 5
_MOST_UNUSED = 30
_CASE_WORDS = {"title": "title case", "sentence": "sentence case"}


@dataclass(frozen=True, kw_only=True)
class Habit:
    """One thing that is measured, over all posts."""

    name: str
    """Of the measure, as in `voice_measures.RATES`."""
    middle: float
    """Median over the posts."""
    low: float
    high: float
    posts: int
    """In how many it could be measured."""


@dataclass(frozen=True, kw_only=True)
class Voice:
    """A way of writing."""

    posts: int
    words: int
    habits: tuple[Habit, ...] = ()
    spelling: Spelling = "unknown"
    heading_case: Case = "unknown"
    openings: tuple[str, ...] = ()
    """How sentences of several posts begin, most frequent first."""
    unused: tuple[str, ...] = ()
    """What machine prose is fond of and these posts never say."""
    too_little: str = ""
    """Why nothing can be said of it, one sentence; empty where there is enough."""

    def habit(self, name: str) -> Habit | None:
        """A habit by its measure's name; None where the posts do not show it."""
        return next((habit for habit in self.habits if habit.name == name), None)


def find_posts(paths: Sequence[str], globs: Sequence[str] = ()) -> tuple[str, ...]:
    """The paths of past posts, sorted: below `posts`, `blog` and `show-notes`, or as `globs` say.

    Drafts are none, whatever the globs say: a machine may have worded them.
    """
    wanted = tuple(globs) or POSTS
    return tuple(
        sorted(
            path
            for path in paths
            if path.lower().endswith(_WRITTEN)
            and matches(wanted, path if globs else path.lower())
            and not matches(_NEVER, path.lower())
        )
    )


def post_of(document: Document) -> str:
    """The words of a post with its headings, a paragraph a block, as `measure_voice` takes them."""
    parts: list[str] = []
    for block in document.parsed.blocks:
        is_heading = block.heading[-1:] == (block.text.strip(),)
        is_title = not parts and not block.heading and block.text.strip() == document.title
        if is_heading:
            parts.append(f"{'#' * min(6, len(block.heading))} {block.text.strip()}")
        elif not is_title:
            parts.append(block.text)
    return "\n\n".join(parts)


def measure_voice(texts: Sequence[str]) -> Voice:
    """The voice of past posts, given as Markdown or plain text.

    Three posts and 600 words at least; with fewer the voice says that there is too little, and
    nothing else.
    """
    measured = [one for text in texts if (one := measure(text)).words]
    words = sum(one.words for one in measured)
    if len(measured) < LEAST_POSTS or words < LEAST_WORDS:
        told = (
            f"there is too little to measure a voice on: {counted(len(measured), 'post')} with "
            f"{words} words, where it takes {LEAST_POSTS} with {LEAST_WORDS}"
        )
        return Voice(posts=len(measured), words=words, too_little=told)
    used = {word for one in measured for word in machine_words(one.text)}
    return Voice(
        posts=len(measured),
        words=words,
        habits=tuple(_habits(measured)),
        spelling=_spelling(measured),
        heading_case=_heading_case(measured),
        openings=_openings(measured),
        unused=tuple(word for word in machine_words() if word not in used),
    )


def describe_voice(voice: Voice) -> str:
    """How to write like that, one plain sentence a line, with figures."""
    if voice.too_little:
        return f"{voice.too_little[0].upper()}{voice.too_little[1:]}."
    lines = [f"Measured on {voice.posts} past posts with {voice.words:,} words."]
    told = ((rate, voice.habit(rate.name)) for rate in RATES)
    lines.extend(rate.describe(one.middle, one.low, one.high) for rate, one in told if one)
    if voice.spelling in {"British", "American"}:
        lines.append(f"Spell the {voice.spelling} way.")
    if voice.heading_case in _CASE_WORDS:
        lines.append(f"Write headings in {_CASE_WORDS[voice.heading_case]}.")
    if voice.openings:
        shown = ", ".join(f'"{safe_text(opening)}"' for opening in voice.openings)
        lines.append(f"Sentences of theirs often begin with {shown}.")
    if voice.unused:
        lines.append(f"They never write: {', '.join(voice.unused[:_MOST_UNUSED])}.")
    return "\n".join(lines)


def check_voice(text: str, voice: Voice) -> tuple[str, ...]:
    """Where a draft departs from the voice, a sentence each with figures; nothing where it fits.

    A measure of which the draft has too little to be judged is passed over.
    """
    if voice.too_little:
        return (voice.too_little,)
    draft = measure(text)
    told: list[str] = []
    for rate in RATES:
        habit, value = voice.habit(rate.name), draft.values.get(rate.name)
        if habit is None or value is None:
            continue
        if rate.is_beyond(value, habit.low, habit.high, draft):
            told.append(rate.depart(value, habit.low, habit.high))
    if {voice.spelling, draft.spelling} == {"British", "American"}:
        shown = ", ".join(f'"{word}"' for word in draft.spelled[:4])
        told.append(f"it spells the {draft.spelling} way ({shown}), the past posts the other")
    if {voice.heading_case, draft.heading_case} == {"title", "sentence"}:
        ours, theirs = _CASE_WORDS[draft.heading_case], _CASE_WORDS[voice.heading_case]
        told.append(f"its headings are in {ours}, those of the past posts in {theirs}")
    if strange := [word for word in machine_words(draft.text) if word in voice.unused]:
        shown = ", ".join(f'"{word}"' for word in strange[:6])
        told.append(f"it says {shown}, which no past post does")
    return tuple(told)


def _habits(measured: Sequence[Measured]) -> list[Habit]:
    found: list[Habit] = []
    for rate in RATES:
        values = [one.values[rate.name] for one in measured if rate.name in one.values]
        if len(values) >= LEAST_POSTS:
            middle = statistics.median(values)
            low, high = min(values), max(values)
            habit = Habit(name=rate.name, middle=middle, low=low, high=high, posts=len(values))
            found = [*found, habit]
    return found


def _spelling(measured: Sequence[Measured]) -> Spelling:
    """The one way in which all posts spell that tell; `both` where they differ."""
    ways: set[Spelling] = {one.spelling for one in measured if one.spelling != "unknown"}
    return ways.pop() if len(ways) == 1 else "both" if ways else "unknown"


def _heading_case(measured: Sequence[Measured]) -> Case:
    ways: set[Case] = {one.heading_case for one in measured if one.heading_case != "unknown"}
    return ways.pop() if len(ways) == 1 else "both" if ways else "unknown"


def _openings(measured: Sequence[Measured]) -> tuple[str, ...]:
    """Beginnings that stand in two posts at least, three times at least."""
    times = Counter(opening for one in measured for opening in one.openings)
    posts = Counter(opening for one in measured for opening in set(one.openings))
    often = [(count, word) for word, count in times.items() if count > 2 and posts[word] > 1]
    return tuple(word for _, word in sorted(often, key=lambda one: (-one[0], one[1])))[
        :_MOST_OPENINGS
    ]
