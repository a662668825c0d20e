"""The publisher that needs no account: a post as files, for a folder of the garden.

Pure: it says which files a post is made of. They are written through the gate, like any others, so
that they can be undone. The same post gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FOLDER = "drafts/posts"
CHAPTERS_VERSION = "1.2.0"


@dataclass(frozen=True, kw_only=True)
class ChapterMark:
    """Where a chapter begins."""

    start_s: float
    title: str


@dataclass(frozen=True, kw_only=True)
class FolderPost:
    """A post, ready to be written down."""

    title: str
    slug: str
    markdown: str
    html: str
    """The same as it would be published, cleaned."""
    excerpt: str = ""
    tags: Sequence[str] = ()
    feature_image: str = ""
    chapters: Sequence[ChapterMark] = ()


def files_of(post: FolderPost) -> Mapping[str, bytes]:
    """The files by name: `index.md`, `post.html`, and `chapters.json` where there are any."""
    files = {"index.md": _index(post), "post.html": f"{post.html.rstrip()}\n"}
    if post.chapters:
        files["chapters.json"] = _chapters(post)
    return {name: text.encode("utf-8", "replace") for name, text in files.items()}


def _index(post: FolderPost) -> str:
    """Front matter as YAML, whose texts JSON's are too; then the text."""
    fields = {
        "title": post.title,
        "slug": post.slug,
        "excerpt": post.excerpt,
        "tags": list(post.tags),
        "feature_image": post.feature_image,
    }
    rows = [
        f"{name}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in fields.items()
        if value
    ]
    return "\n".join(["---", *rows, "status: draft", "---", "", post.markdown.rstrip(), ""])


def _chapters(post: FolderPost) -> str:
    """JSON chapters 1.2 of the podcast namespace; the form allows no two at one time."""
    ordered = {mark.start_s: mark.title for mark in sorted(post.chapters, key=lambda m: m.start_s)}
    rows = [
        {"startTime": int(start) if start == int(start) else start, "title": title}
        for start, title in ordered.items()
    ]
    whole = {"version": CHAPTERS_VERSION, "title": post.title, "chapters": rows}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
