from __future__ import annotations

import json

import pytest

from pmagent.errors import UsageError
from pmagent.publish.render import format_named
from pmagent.publish.render.ghost import excerpt, ghost_problems, lexical, markdown_of, title
from pmagent.publish.render.post import post_page
from tests.publish import kits
from tests.publish.render.hostile import kit_saying


def test_the_post_is_one_markdown_card_without_its_title() -> None:
    kit = kits.kit()
    stored = format_named("ghost").render(kit)

    assert markdown_of(stored) == post_page(kit, with_title=False)
    assert json.loads(stored) == {
        "root": {
            "children": [
                {
                    "type": "markdown",
                    "version": 1,
                    "markdown": post_page(kit, with_title=False),
                }
            ],
            "direction": None,
            "format": "",
            "indent": 0,
            "type": "root",
            "version": 1,
        }
    }
    assert (title(kit), excerpt(kit)) == ("Maps that are wrong", kit.description.short)


def test_raw_html_in_an_edited_post_is_shown_as_text_and_code_stays() -> None:
    written = (
        "A <b>bold</b> word, `<i>` and 2 < 3.\n\n<script>\nx()\n</script>\n\n"
        "`<u>` alone\n\n```\n<div>\n```\n"
    )

    assert markdown_of(lexical(written)) == (
        "A &lt;b>bold&lt;/b> word, `&lt;i>` and 2 < 3.\n\n&lt;script>\nx()\n&lt;/script>\n\n"
        "`<u>` alone\n\n```\n<div>\n```\n"
    )


def test_a_card_with_raw_html_is_named_with_its_line() -> None:
    card = {"type": "markdown", "markdown": "fine\n\n<script>x()</script>\n"}
    stored = json.dumps({"root": {"children": [card]}})

    assert ghost_problems(stored) == ("raw HTML on line 3: it would be run, not shown",)


@pytest.mark.parametrize("stored", ["", "[]", "{}", '{"root": {}}', "[" * 9000])
def test_what_is_no_post_is_refused(stored: str) -> None:
    with pytest.raises(UsageError, match="not the JSON of a Ghost post"):
        markdown_of(stored)


def test_a_post_that_was_edited_in_ghost_is_not_taken_for_ours() -> None:
    with pytest.raises(UsageError, match="no longer one Markdown card"):
        markdown_of('{"root": {"children": [{"type": "paragraph"}, {"type": "markdown"}]}}')


def test_title_and_excerpt_fit_their_fields() -> None:
    kit = kit_saying("word " * 200)

    assert len(title(kit)) <= 255
    assert title(kit).endswith("word…")
    assert len(excerpt(kit)) <= 300
    assert format_named("ghost").make(kit).remarks == ("the title is cut at 255 characters",)
