"""folder.draft: a post as files below `drafts/posts/`, which can be undone."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.errors import UsageError
from pmagent.nlp.counted import counted
from pmagent.publish.render.html import to_html
from pmagent.publishers.folder import FOLDER, ChapterMark, FolderPost, files_of
from pmagent.tools._changes import before_of, write_target
from pmagent.tools._effects import EffectInput, excerpt_of, numbered, parameters, slug_of
from pmagent.tools._input import edit_rule
from pmagent.types.actions import FileChange
from pmagent.types.calls import CallSpec

KIND = "folder.draft"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TIME = re.compile(r"~?(?:(\d{1,3}):)?(\d{1,2}):(\d{2}(?:\.\d{1,3})?)")


class _Chapter(BaseModel):
    """A chapter; what else a step says of it is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    at: str | float
    """`00:14:03`, or seconds."""
    title: str


class FolderDraftInput(EffectInput):
    """The post, as for `ghost.draft`, with its chapters."""

    title: Annotated[str, Field(min_length=1)]
    markdown: Annotated[str, Field(max_length=1_000_000)]
    excerpt: str = ""
    slug: str = ""
    tags: list[str] = Field(default_factory=list[str])
    feature_image: str = ""
    chapters: list[_Chapter] = Field(default_factory=list[_Chapter])


class FolderDraftTool:
    """Writes a post into a folder of its own."""

    name = KIND
    summary = "A post as files below drafts/posts"
    Input = FolderDraftInput
    spec = CallSpec(
        name=KIND,
        summary="A post as files below drafts/posts: Markdown, clean HTML, chapters",
        parameters=parameters(
            title="str", markdown="any", excerpt="str?", slug="str?", tags="[str]?",
            feature_image="str?", chapters="[any]?",
        ),
        gives="{url: url?, id: str, state: str, path: str}",
        effect="internal",
    )  # fmt: skip

    def plan(self, given: FolderDraftInput, reach: Reach) -> Plan:
        """The files as they would be.

        Raises:
            UsageError: the slug or a chapter's time has no meaning.
        """
        post = _post(given)
        folder = f"{FOLDER}/{post.slug}"
        files = files_of(post)
        targets = tuple(reach.walls.locate(f"{folder}/{name}", "edit") for name in files)
        changes = tuple(
            FileChange(path=target.resolved, before=before, after=after)
            for target, after in zip(targets, files.values(), strict=True)
            if (before := before_of(target, reach)) != after
        )
        return Plan(
            subject=folder,
            targets=targets,
            changes=changes,
            keeps="paths",
            risk='writes files of the garden; "pmagent undo" takes it back',
            grant=edit_rule(f"{folder}/index.md"),
        )

    def run(self, given: FolderDraftInput, plan: Plan, reach: Reach) -> Result:
        """Write what is not so already."""
        del given
        by_path = {target.resolved: target for target in plan.targets}
        for change in plan.changes:
            write_target(by_path[change.path], change.after or b"", reach)
        count = len(plan.changes)
        where = f'"{plan.subject}"'
        said = f"wrote {counted(count, 'file')} in {where}" if count else f"{where} is as it was"
        path = plan.targets[0].resolved
        slug = plan.subject.rpartition("/")[2]
        return Result(text=said, data={"url": None, "id": slug, "state": "draft", "path": path})


def _post(given: FolderDraftInput) -> FolderPost:
    title = " ".join(given.title.split())
    slug = given.slug or slug_of(title)
    if not _SLUG.fullmatch(slug):
        raise UsageError(f"{slug[:60]!r} is no slug", "use small letters, digits and hyphens")
    return FolderPost(
        title=title,
        slug=slug,
        # With its marks: in the garden every line leads to where it is from.
        markdown=given.markdown,
        html=to_html(numbered(given.markdown)),
        excerpt=excerpt_of(given.excerpt),
        tags=tuple(given.tags),
        feature_image=given.feature_image,
        chapters=tuple(
            ChapterMark(start_s=_seconds(one.at), title=" ".join(one.title.split()))
            for one in given.chapters
        ),
    )


def _seconds(at: str | float) -> float:
    if not isinstance(at, str):
        return at
    found = _TIME.fullmatch(at.strip())
    if found is None:
        raise UsageError(f"{at[:40]!r} is no time of a chapter", 'write it as "00:14:03"')
    return int(found[1] or 0) * 3_600 + int(found[2]) * 60 + float(found[3])


tool = FolderDraftTool()
