from __future__ import annotations

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from pmagent.publish.render._escape import escape, escape_path, link, plain, web_address
from tests.publish.render.hostile import FRAGMENTS, words

BLOG = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable([
    "table",
    "strikethrough",
    "linkify",
])
"""Reads Markdown as freely as anything that a page is given to."""


def shown(markdown: str) -> tuple[list[str], str]:
    """The kinds of its tokens, and the words of them."""
    kinds: list[str] = []
    said = ""
    for token in BLOG.parse(markdown):
        kinds.append(token.type)
        for child in token.children or ():
            kinds.append(child.type)
            said += child.content
    return kinds, said


@settings(deadline=None, derandomize=True)
@given(words)
def test_whatever_is_said_is_shown_as_it_is_and_does_nothing(text: str) -> None:
    kinds, said = shown(escape(text))

    assert said == plain(text)
    assert set(kinds) <= {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}


@settings(deadline=None, derandomize=True)
@given(words)
def test_the_same_holds_in_a_list_a_heading_a_quote_and_a_table(text: str) -> None:
    held = escape(text) or "nothing"
    page = f"# {held}\n\n- {held} [1]\n\n> “{held}”\n>\n> — {held}\n\n"
    page += f"| a | b |\n|---|---|\n| {held} | {held} |\n"

    kinds, said = shown(page)

    assert {kind for kind in kinds if "link" in kind or "html" in kind or "image" in kind} == set()
    assert kinds.count("heading_open") == kinds.count("list_item_open") == 1
    assert kinds.count("blockquote_open") == kinds.count("table_open") == 1
    assert kinds.count("td_open") == 2
    assert said.count(plain(text) or "nothing") >= 6


@settings(deadline=None, derandomize=True)
@given(words, words)
def test_a_link_leads_to_its_own_address_or_nowhere(text: str, url: str) -> None:
    kinds, _ = shown(link(text, url))

    assert "html_inline" not in kinds
    assert ("link_open" in kinds) == bool(web_address(url) and link(text, url)[0] == "[")


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/x_(y)?a=1&copy;=2*3",
        "http://a.example",
        "https://a.example/Ünïcode/#part",
    ],
)
def test_an_address_of_the_web_comes_through_whole(url: str) -> None:
    [inline] = [token for token in BLOG.parse(link("a [b]", url)) if token.type == "inline"]
    assert inline.children is not None
    opened = inline.children[0]
    target = str(opened.attrGet("href")).replace("%28", "(").replace("%29", ")")

    assert target.replace("%2A", "*").replace("%C3%9Cn%C3%AFcode", "Ünïcode") == url
    assert "".join(child.content for child in inline.children) == "a [b]"


@pytest.mark.parametrize("url", [*FRAGMENTS[:6], "javascript:alert(1)", "ftp://a.example", "/x"])
def test_what_is_no_address_of_the_web_is_no_link(url: str) -> None:
    assert web_address(url) == ""


def test_plain_sentences_are_left_as_they_are() -> None:
    sentence = 'We didn\'t ship snake_case (v2.5) for $3,200 - 41% less; R&D said: "no!"'

    assert escape(sentence) == sentence


def test_usual_paths_are_left_as_they_are_so_that_places_can_be_opened() -> None:
    assert escape_path("transcripts/ep_041-a.b/c (1).vtt") == "transcripts/ep_041-a.b/c (1).vtt"
    assert escape_path("a](x)/<b>.md") == r"a\](x)/\<b>.md"
