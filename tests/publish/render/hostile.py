"""Kits in which every text that comes from outside is one and the same, and what pages hold."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import strategies as st

from pmagent.types import Citation
from pmagent.types.publishing import Chapter, Kit, Mention
from tests.publish import kits

FRAGMENTS = (
    "]](javascript:alert(1))",
    "[x](javascript:alert(1))",
    "![x](https://evil.example/p.png)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</script><iframe src=//evil.example>",
    "<a href='data:text/html,x'>",
    '" onmouseover="alert(1)',
    "<!--kg-card-begin: html-->",
    "]]>",
    "&lt;script&gt;",
    "&#60;b&#62;",
    "https://evil.example/?q=1",
    "//localhost/x",
    "www.evil.example",
    "evil.com",
    "a@evil.com",
    "mailto:a@evil.com",
    "<https://evil.example>",
    "# heading",
    "#tag",
    "- item",
    "1. item",
    "12) item",
    "> quote",
    "---",
    "===",
    "```",
    "~~~",
    "    code",
    "| a | b |",
    "[^1]: note",
    "[1]: https://evil.example",
    "==m== ^u^ ~l~ ~~s~~ **b** __b__ *e* _e_",
    "{{ site.secret }} {% include x %} %%hidden%%",
    "::: warning",
    "\\",
    "`",
    "\u202eevil\u202c",
    "\u200f\u200d",
    "\x1b[31mred",
    "\x00\x07",
    "\ud800",
    "\u2028",
    "--> 00:00:01.000 --> 00:00:02.000",
    "❤️ café 東京",
)
words = st.lists(
    st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=12), st.sampled_from([" ", "\n", ""])),
    max_size=6,
).map("".join)
"""Text as it may stand anywhere in a transcript."""


def kit_saying(text: str) -> Kit:
    """A kit all of whose texts are `text`, its path and its addresses as well."""
    kit = kits.kit()
    talk = kit.transcript

    def said(citation: Citation) -> Citation:
        return replace(citation, path=f"notes/{text}.md", title=text, speaker=text)

    def chapter(one: Chapter) -> Chapter:
        return replace(one, title=text, titles=(text,))

    def mention(one: Mention) -> Mention:
        seen = tuple(said(place) for place in one.seen_before)
        return replace(one, text=text, url=text, citation=said(one.citation), seen_before=seen)

    return replace(
        kit,
        transcript=replace(
            talk,
            document=replace(talk.document, path=f"{text}.vtt", title=text),
            turns=tuple(replace(turn, text=text, speaker=text) for turn in talk.turns),
            speakers=(text,),
            notes=(text,),
        ),
        titles=tuple(replace(one, text=text) for one in kit.titles),
        description=replace(
            kit.description,
            short=text,
            long=f"{text} {text}",
            lines=tuple(
                replace(one, text=text, citation=said(one.citation))
                for one in kit.description.lines
            ),
        ),
        chapters=tuple(map(chapter, kit.chapters)),
        suggestions=tuple(map(chapter, kit.suggestions)),
        notes=tuple(replace(one, text=text, citation=said(one.citation)) for one in kit.notes),
        quotes=tuple(replace(one, text=text, citation=said(one.citation)) for one in kit.quotes),
        mentions=tuple(map(mention, kit.mentions)),
        promises=tuple(replace(one, text=text) for one in kit.promises),
        fresh=tuple(replace(one, subject=text) for one in kit.fresh),
        remarks=(text,),
        made_by=text,
    )


class Page(HTMLParser):
    """What a browser finds in HTML: tags, attributes with their tags, addresses and text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.said: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "src", "action", "data", "xlink:href", "srcset", "poster"}:
                self.addresses.add(value or "")

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_comment(self, data: str) -> None:
        self.tags.add("!--")
        self.said.append(data)
