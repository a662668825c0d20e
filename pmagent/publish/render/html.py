"""Markdown as HTML in which nothing runs and nothing looks like what it is not.

Raw HTML in the Markdown is shown as text; what the converter makes is cleaned once more by a
sanitiser with a short list of tags. The one place that knows of `nh3`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from pmagent.publish.render._format import Format, Rendering
from pmagent.publish.render.post import post_page
from pmagent.types.publishing import Kit

TAGS = frozenset({
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "hr", "img", "li", "ol",
    "p", "pre", "s", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
"""What a post may hold. An image is a thing a person puts there: a kit has none."""
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_MARK = re.compile(r" (\[\d{1,3}\])(?=\s|$)")
"""The number of a source behind a sentence."""
_DEEPEST = 20
"""Lists in lists in quotes: a page needs four, an attack as many as it can get."""


def to_html(markdown: str, *, tags: frozenset[str] = TAGS) -> str:
    """The page as an HTML fragment of `tags` alone, links to web addresses alone."""
    return clean_html(str(_parser().render(markdown)), tags=tags)


def clean_html(fragment: str, *, tags: frozenset[str] = TAGS) -> str:
    """`fragment` without any tag, attribute and address that is not allowed. Stable when repeated.

    The text of a tag that is removed stays, save for scripts and styles.
    """
    return nh3.clean(
        fragment,
        tags=set(tags),
        clean_content_tags={"script", "style"} - tags,
        attributes={tag: names for tag, names in _ATTRIBUTES.items() if tag in tags},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer" if "a" in tags else None,
    )


def html_problems(fragment: str, *, tags: frozenset[str] = TAGS) -> tuple[str, ...]:
    """What the sanitiser would take out of it, and whether there is anything at all."""
    if not fragment.strip():
        return ("there is nothing in it",)
    if clean_html(fragment, tags=tags) != fragment:
        return ("it holds tags, attributes or addresses that are not allowed",)
    return ()


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST})
    parser.add_render_rule("text", _text)
    return parser.enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])


def _text(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    """Text with the numbers of its sources raised."""
    del renderer, options, env
    return _MARK.sub(r"<sup>\1</sup>", html.escape(tokens[index].content))


def _make(kit: Kit) -> Rendering:
    return Rendering(text=to_html(post_page(kit)))


FORMATS = (
    Format(
        name="html",
        about="the post as a clean HTML fragment",
        file_name="post.html",
        media_type="text/html",
        make=_make,
        check=html_problems,
    ),
)
