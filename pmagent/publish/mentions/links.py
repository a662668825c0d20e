"""Addresses a document writes beside a name: `Name: https://..`, `Name (https://..)`.

Nothing is looked up and nothing is made from a name.
"""

from __future__ import annotations

import re

from pmagent.publish.mentions.groups import parts_of
from pmagent.publish.mentions.spans import find_urls
from pmagent.types.documents import Document

_LABEL = re.compile(
    r"(?:^|[.,;!?•|>]\s|^\s*[-*+]\s+|^\s*\d+[.)]\s+)(?P<label>[^.,;!?•|>]{2,90}?)\s*[:(<\[–—-]*\s*$"
)


def links_in(document: Document) -> dict[str, str]:
    """Address by name, without spaces and case; the first one where there are several."""
    links: dict[str, str] = {}
    for block in document.parsed.blocks:
        if "http" not in block.text and "www." not in block.text:
            continue
        for line in block.text.split("\n"):
            end = 0
            for start, url in find_urls(line):
                label = _LABEL.search(line[max(end, start - 120) : start])
                if label and (key := "".join(parts_of(label["label"]))):
                    links.setdefault(key, url)
                end = start + len(url)
    return links
