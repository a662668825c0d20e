"""A voice is measured on past posts: none of them departs from it, and what is foreign does."""

from __future__ import annotations

import pytest

from pmagent.publish.voice.profile import (
    Voice,
    check_voice,
    describe_voice,
    find_posts,
    measure_voice,
    post_of,
)
from tests.archives import MakeArchive

FIRST = """---
title: On lamps
---
# The lamp that would not light

I didn't plan to write about lamps. We'd mended nine of them by Tuesday, and the tenth wouldn't
light. It's a small thing. I've seen worse.

Here's what I did. I took the glass off, and I cleaned the wick. The colour of the flame was wrong,
so I trimmed it. Don't trim it twice. I've done that too, and my neighbour hasn't forgotten it.

## What I would do again

I'd ask for help sooner. We don't ask, because we think we're meant to know. Why is that? I can't
say. The harbour doesn't care who mended the lamp, so long as it's lit when the boats come in.
"""
SECOND = """# Four boats and a rope

I wasn't there when the rope broke. My brother was, and he's told it so often that I can see it.
Here's the short of it. Four boats hung on one rope, and nobody had looked at it since spring.

I've learnt two things. A rope isn't bought once. It's bought again each winter, and you don't get
to choose the winter. We'd been lucky, and we'd called it care.

## How we look at ropes now

We walk the quay on Mondays. I don't hurry. I look for the grey patches, and I feel for the soft
ones. Who else would? My labour is cheap, and it's what keeps the boats where we've put them.
"""
THIRD = """# A quiet week

Nothing happened, and I've been asked to write it down. I'm glad to. Here's a week in which the
three lamps burned and the four boats came home.

I read a bit. I mended a net that didn't need it, and I spoke with the two men who paint the
lighthouse. They don't like my favourite white. It isn't white enough, they said, and we laughed.

## Nothing is worth writing about

It's easy to think that nothing is nothing. I don't. We keep the harbour so that nothing happens,
and when it does we've done our work. I'd like more of it. Wouldn't you?
"""
POSTS = (FIRST, SECOND, THIRD, *(text.replace("lamp", "buoy") for text in (FIRST, SECOND, THIRD)))
MACHINE = """# Navigating The Ever-Evolving Landscape Of Harbor Management

In today's fast-paced maritime world, it is crucial to delve into the robust strategies that
organizations leverage in order to unlock seamless operations across their entire fleet! Moreover,
stakeholders do not always recognize that harbor infrastructure is not simply a collection of
assets, but rather a vibrant tapestry of interconnected systems that must be carefully optimized!

🚀 Are you ready to elevate your harbor? Let us dive into the 5 key pillars, 3 core frameworks, 7
best practices and 4 common pitfalls that will empower your teams to achieve excellence! 🚀 We are
confident that you will not want to miss what is coming next, and it is going to be transformative!
"""


def voice() -> Voice:
    return measure_voice(POSTS)


def test_habits_are_ranges_over_the_posts() -> None:
    found = voice()

    assert (found.posts, found.too_little) == (6, "")
    assert found.words > 600
    assert (found.spelling, found.heading_case) == ("British", "sentence")
    short, sentence = found.habit("short"), found.habit("sentence")
    assert short is not None
    assert sentence is not None
    assert short.low > 0.8
    assert sentence.low <= sentence.middle <= sentence.high
    assert 6 <= sentence.middle <= 14
    assert "here's what" not in found.openings
    assert "i don't" in found.openings
    assert {"delve", "moreover", "seamless"} <= set(found.unused)


@pytest.mark.parametrize("number", range(6))
def test_no_past_post_departs_from_the_voice_it_is_part_of(number: int) -> None:
    assert check_voice(POSTS[number], voice()) == ()


def test_a_draft_that_is_foreign_to_the_posts_is_told_so_with_figures() -> None:
    told = check_voice(MACHINE, voice())
    whole = "\n".join(told)

    assert "the median sentence has 2" in whole
    assert "of what can be contracted 0% is; the past posts have" in whole
    assert "exclamation mark; the past posts have 0" in whole
    assert "emoji stand" in whole
    assert 'it spells the American way ("harbor"' not in whole, "harbor has no other form listed"
    assert "it spells the American way" in whole
    assert "its headings are in title case, those of the past posts in sentence case" in whole
    assert '"delve"' in whole
    assert "which no past post does" in whole


def test_a_short_draft_is_not_judged_by_one_mark() -> None:
    assert check_voice("I've mended the lamp. Isn't it bright?", voice()) == ()


def test_a_word_that_a_past_post_uses_is_the_persons_own() -> None:
    own = measure_voice([f"{text}\n\nMoreover, I delve." for text in POSTS])

    assert check_voice("Moreover, I delve into it.", own) == ()


def test_guidance_is_plain_sentences_with_the_figures() -> None:
    lines = describe_voice(voice()).split("\n")

    assert lines[0].startswith("Measured on 6 past posts with ")
    assert "Spell the British way." in lines
    assert "Write headings in sentence case." in lines
    assert "There are no emoji." in lines
    assert any(line.startswith("The median sentence has ") and "between" in line for line in lines)
    assert all(line.endswith(".") for line in lines)
    assert describe_voice(voice()) == describe_voice(measure_voice(POSTS))


@pytest.mark.parametrize(
    ("texts", "count"),
    [
        ([], "0 posts with 0 words"),
        (["One short note."] * 5, "5 posts with 15 words"),
        ([FIRST * 9], "1 post with"),
        (["```\ncode only\n```", "> quoted", "♪ ♪"], "0 posts with 0 words"),
    ],
)
def test_too_little_is_said_to_be_too_little_and_nothing_is_measured(
    texts: list[str], count: str
) -> None:
    found = measure_voice(texts)

    assert found.habits == ()
    assert found.too_little.startswith(f"there is too little to measure a voice on: {count}")
    assert describe_voice(found).startswith("There is too little")
    assert check_voice(MACHINE, found) == (found.too_little,)


def test_code_quotes_and_links_are_not_the_persons_prose() -> None:
    noise = "```\nWOW!!! delve()\n```\n> Amazing! Colour!\n\n| a | b! |\n"

    assert measure_voice([f"{text}\n{noise}" for text in POSTS]).unused == voice().unused
    assert check_voice(f"{FIRST}\n{noise}", voice()) == ()


def test_posts_are_found_in_their_folders_and_drafts_never_are() -> None:
    paths = [
        "posts/2031/lamp.md",
        "site/blog/rope.html",
        "Show-Notes/ep-1.txt",
        "posts/drafts/new.md",
        "drafts/posts/new.md",
        "posts/draft-lamp.md",
        "posts/lamp.png",
        "notes/posts.md",
        "transcripts/ep-1.vtt",
        "letters/one.md",
    ]

    assert find_posts(paths) == ("Show-Notes/ep-1.txt", "posts/2031/lamp.md", "site/blog/rope.html")
    assert find_posts(paths, ["letters/*", "drafts/**"]) == ("letters/one.md",)


def test_a_document_gives_its_post_with_headings_and_paragraphs(make_archive: MakeArchive) -> None:
    archive = make_archive({f"posts/{number}.md": text for number, text in enumerate(POSTS)})

    read = measure_voice([post_of(archive.document(path)) for path in find_posts(archive.paths())])

    assert read == voice()
