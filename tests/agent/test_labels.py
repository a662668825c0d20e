"""What reading makes of a session."""

from __future__ import annotations

from itertools import product

import pytest

from pmagent.agent.labels import (
    NONE,
    PRIVATE,
    UNTRUSTED,
    by_globs,
    combine,
    labels_of_read,
    labels_of_tool,
    must_ask,
    nothing,
)

BOTH = PRIVATE | UNTRUSTED


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("notes/a.md", PRIVATE),
        ("drafts/post.md", PRIVATE),
        ("README", PRIVATE),
        ("specs/export.txt", PRIVATE),
        ("imported/report.md", BOTH),
        ("2024/Imported/deep/er/report.md", BOTH),
        ("cal.ics", BOTH),
        ("calendar/WEEK.ICS", BOTH),
        ("ep-041.vtt", BOTH),
        ("talks/a.srt", BOTH),
        ("transcripts/ep-1.md", BOTH),
        ("notes/2024-03-01 transcript.md", BOTH),
        ("saved/page.html", BOTH),
        ("papers/x.pdf", BOTH),
        ("imported.md", PRIVATE),
        ("https://example.com/a.md", UNTRUSTED),
    ],
)
def test_reading_sets_labels(path: str, labels: frozenset[str]) -> None:
    assert labels_of_read(path, is_own=nothing, is_public=nothing) == labels


def test_what_is_marked_as_ones_own_is_trusted_and_what_is_public_is_not_private() -> None:
    own, public = by_globs(["talks/*.vtt"]), by_globs(["blog/**"])

    assert labels_of_read("talks/a.vtt", is_own=own, is_public=public) == PRIVATE
    assert labels_of_read("other/a.vtt", is_own=own, is_public=public) == BOTH
    assert labels_of_read("blog/a.md", is_own=own, is_public=public) == NONE
    assert labels_of_read("blog/a.html", is_own=own, is_public=public) == UNTRUSTED


@pytest.mark.parametrize("tool", ["WebFetch", "Trello", "mcp__notion__read", "plugin/weather"])
def test_answers_from_outside_are_untrusted(tool: str) -> None:
    assert labels_of_tool(tool) == UNTRUSTED
    assert labels_of_tool("Read") == labels_of_tool("Bash") == NONE


def test_labels_only_grow() -> None:
    for one, other in product((NONE, PRIVATE, UNTRUSTED, BOTH), repeat=2):
        assert combine(one, other) >= one
        assert combine(one, other) >= other
    assert combine() == NONE


def test_only_both_labels_together_ask_and_only_on_the_way_out() -> None:
    asked = {
        (labels, outward): must_ask(labels, outward)
        for labels in (NONE, PRIVATE, UNTRUSTED, BOTH)
        for outward in (False, True)
    }

    said = asked.pop((BOTH, True))
    assert said == (
        "this session has read your own notes and the words of others, which may have asked for "
        "them, so nothing leaves this computer unseen"
    )
    assert set(asked.values()) == {None}
