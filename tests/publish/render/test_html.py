from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from pmagent.publish.render import format_named
from pmagent.publish.render._escape import plain, web_address
from pmagent.publish.render.ghost import lexical, markdown_of
from pmagent.publish.render.html import TAGS, clean_html, html_problems, to_html
from pmagent.publish.render.rss import CONTENT
from tests.publish import kits
from tests.publish.render.hostile import FRAGMENTS, Page, kit_saying, words

BLOG = MarkdownIt("commonmark", {"html": True, "linkify": True, "breaks": True}).enable([
    "table",
    "strikethrough",
    "linkify",
])
"""As Ghost reads a Markdown card: raw HTML is kept, bare addresses are linked."""
OF_A_POST = {"a", "blockquote", "br", "h1", "h2", "li", "ol", "p", "sup", "ul"}


def pages(text: str) -> dict[str, str]:
    """The post as HTML by each way it may get to a reader."""
    kit = kit_saying(text)
    card = markdown_of(format_named("ghost").render(kit) or lexical("x"))
    item = ET.fromstring(format_named("rss").render(kit))
    return {
        "html": format_named("html").render(kit),
        "ghost": str(BLOG.render(card)),
        "rss": item.findtext(f"{{{CONTENT}}}encoded") or "",
        "apple": format_named("apple-html").render(kit),
    }


@settings(max_examples=60, deadline=None, derandomize=True)
@given(words)
def test_nothing_that_is_said_becomes_active_on_any_page(text: str) -> None:
    for name, page in pages(text).items():
        found = Page(page)
        assert found.tags <= OF_A_POST, name
        assert found.attributes <= {"href", "rel", "start"}, name
        # The one address there may be is the one that the source itself gives for a mention.
        assert not found.addresses or web_address(text), name


@pytest.mark.parametrize("text", FRAGMENTS)
def test_what_is_said_can_be_read_on_every_page(text: str) -> None:
    said = plain(text)

    for name, page in pages(text).items():
        assert said in " ".join("".join(Page(page).said).split()), name


@settings(max_examples=40, deadline=None, derandomize=True)
@given(words)
def test_the_preview_holds_nothing_that_runs_or_is_fetched(text: str) -> None:
    found = Page(format_named("preview").render(kit_saying(text)))

    assert not found.tags & {"script", "iframe", "img", "link", "object", "form", "base", "!--"}
    assert not {name for name in found.attributes if name.startswith("on") or name == "style"}
    assert not found.addresses or web_address(text)


def test_what_a_person_writes_into_the_post_is_kept_without_what_runs() -> None:
    written = (
        "Hello <b onclick=x()>you</b> `<i>`\n\n<script>x()</script>\n\n"
        "[ok](https://a.example) [no](javascript:x) ![p](https://a.example/p.png)\n"
    )

    assert to_html(written) == (
        "<p>Hello &lt;b onclick=x()&gt;you&lt;/b&gt; <code>&lt;i&gt;</code></p>\n"
        "<p>&lt;script&gt;x()&lt;/script&gt;</p>\n"
        '<p><a href="https://a.example" rel="noopener noreferrer">ok</a> [no](javascript:x) '
        '<img src="https://a.example/p.png" alt="p"></p>\n'
    )


def test_numbers_of_sources_are_raised_and_others_are_not() -> None:
    assert to_html("Said so. [12] And `a [1]`, x[3], [year 4]\n") == (
        "<p>Said so.<sup>[12]</sup> And <code>a [1]</code>, x[3], [year 4]</p>\n"
    )


@settings(deadline=None, derandomize=True)
@given(words)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean_html(text.encode("utf-8", "replace").decode())

    assert clean_html(once) == once
    assert html_problems(f"<p>{once}</p>") == () or "p" not in TAGS or "<" in once


def test_html_that_would_run_is_named() -> None:
    assert html_problems("<p onclick=x>a</p>") == (
        "it holds tags, attributes or addresses that are not allowed",
    )


def test_the_post_as_html() -> None:
    page = format_named("html").render(kits.kit())

    assert page.startswith("<h1>Maps that are wrong</h1>\n<p>A depth was copied as 41 feet.")
    assert "eyes.<sup>[2]</sup> It compares" in page
    assert '<a href="https://tidewater.example/ledger?a=1&amp;b=2"' in page


@settings(max_examples=60, deadline=None, derandomize=True)
@given(words)
def test_a_card_comes_back_byte_for_byte_and_holds_no_raw_html(text: str) -> None:
    written = f"# {text}\n\n{text}\n\n```\n{text}\n"
    written = written.encode("utf-8", "replace").decode()
    stored = lexical(written)
    kept = markdown_of(stored)

    assert markdown_of(lexical(kept)) == kept
    assert Page(str(BLOG.render(kept))).tags <= TAGS | {"!--"} - {"!--"}
    assert json.loads(stored)["root"]["children"][0]["type"] == "markdown"
    if "<" not in written:
        assert kept == written
