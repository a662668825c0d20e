"""The post as Ghost stores one: a single Markdown card in its lexical JSON.

A Markdown card comes back byte for byte and can be compared with what was sent; Ghost turns HTML
into its own tree instead. Its cards take raw HTML and keep scripts (seen with 6.65), so none is
ever put in.
"""

from __future__ import annotations

import json
from typing import cast

from pmagent.errors import UsageError
from pmagent.publish.render._escape import plain
from pmagent.publish.render._format import Format, Rendering
from pmagent.publish.render._limits import GHOST_EXCERPT_CHARS, GHOST_TITLE_CHARS, cut_to
from pmagent.publish.render._reading import markdown_problems, without_raw_html
from pmagent.publish.render.post import post_page, title_of
from pmagent.types.publishing import Kit


def lexical(markdown: str) -> str:
    """One Markdown card with that page; raw HTML in it is shown as text."""
    card = {"type": "markdown", "version": 1, "markdown": without_raw_html(markdown)}
    root = {
        "children": [card],
        "direction": None,
        "format": "",
        "indent": 0,
        "type": "root",
        "version": 1,
    }
    return json.dumps({"root": root}, ensure_ascii=False, separators=(",", ":"))


def markdown_of(stored: str) -> str:
    """The Markdown in a lexical JSON that `lexical` made.

    Raises:
        UsageError: it is not one Markdown card: it was edited in Ghost, or is no lexical JSON.
    """
    try:
        tree = cast("object", json.loads(stored))
    except (ValueError, RecursionError) as exc:
        raise UsageError("this is not the JSON of a Ghost post") from exc
    match tree:
        case {"root": {"children": [{"type": "markdown", "markdown": str(markdown)}]}}:
            return markdown
        case {"root": {"children": list()}}:
            raise UsageError(
                "the post is no longer one Markdown card",
                "it was edited in Ghost: copy its text into the draft by hand",
            )
        case _:
            raise UsageError("this is not the JSON of a Ghost post")


def title(kit: Kit) -> str:
    """What fits Ghost's field for the title."""
    return cut_to(title_of(kit), GHOST_TITLE_CHARS)


def excerpt(kit: Kit) -> str:
    """What fits Ghost's field for the excerpt; empty where there is no description."""
    told = plain(kit.description.short) or plain(kit.description.long)
    return cut_to(told, GHOST_EXCERPT_CHARS)


def ghost_problems(text: str) -> tuple[str, ...]:
    """What is wrong with a card."""
    try:
        return markdown_problems(markdown_of(text))
    except UsageError as exc:
        return (exc.message,)


def _make(kit: Kit) -> Rendering:
    page = post_page(kit, with_title=False)
    if not page:
        return Rendering(text="", remarks=("the kit is empty: there is nothing to post",))
    cut = len(title_of(kit)) > GHOST_TITLE_CHARS
    remarks = (f"the title is cut at {GHOST_TITLE_CHARS} characters",) if cut else ()
    return Rendering(text=lexical(page), remarks=remarks)


GHOST = Format(
    name="ghost",
    about="one Markdown card for a post in Ghost",
    file_name="ghost.json",
    media_type="application/json",
    make=_make,
    check=ghost_problems,
)
FORMATS = (GHOST,)
