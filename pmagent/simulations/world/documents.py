"""The scenario's garden: a few files in memory, and what its grants let a step read of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from pmagent.errors import AccessError, ReadError
from pmagent.factcheck.small_index import SmallIndex
from pmagent.ingest.dates import Calendar, date_of
from pmagent.ingest.parse import parse
from pmagent.ingest.passages import split_passages
from pmagent.ingest.scan import matches_any
from pmagent.permissions.rules import parse_rule, tool_matches
from pmagent.procedures.engine.ports import Here
from pmagent.retrieval.search import find
from pmagent.types import Document, Parsed, Passage, Query
from pmagent.types.actions import Json, Source
from pmagent.types.runs import Run

MOST_HITS = 10
_HOLDER = Source(path="grants")


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One rule of a scenario."""

    tool: str
    spec: str | None

    def lets_read(self, path: str) -> bool:
        """Whether it lets a step read this document."""
        return self.tool == "Read" and (self.spec is None or matches_any(path, (self.spec,)))

    def lets_use(self, tool: str) -> bool:
        """Whether it lets a step use this tool."""
        return tool_matches(self.tool, tool)


def read_grant(text: str) -> Grant:
    """The grant a rule's text is.

    Raises:
        RuleFaultError: it is no rule.
    """
    rule = parse_rule(text, effect="allow", layer="project", source=_HOLDER)
    return Grant(tool=rule.tool, spec=rule.spec)


@dataclass(kw_only=True)
class Files:
    """The garden's files, parsed when they are first asked for. They never change."""

    contents: Mapping[str, bytes]
    day: date
    """Of a file that has no date of its own."""
    _parsed: dict[str, Parsed] = field(default_factory=dict[str, Parsed])

    @cached_property
    def digest(self) -> str:
        """sha256 of all of it."""
        whole = hashlib.sha256(self.day.isoformat().encode())
        for path in sorted(self.contents):
            whole.update(path.encode() + b"\0" + self.contents[path] + b"\0")
        return whole.hexdigest()

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every file, sorted."""
        return tuple(sorted(self.contents))

    @cached_property
    def readable(self) -> tuple[str, ...]:
        """Those that are documents."""
        return tuple(path for path in self.paths if self._is_document(path))

    def document(self, path: str) -> Document:
        """One document.

        Raises:
            ReadError: there is none, or it cannot be read.
        """
        if path not in self.contents:
            raise ReadError(f'there is no file "{path}"')
        parsed = self.parsed(path)
        day, source = date_of(path, parsed.date, Calendar(), 0)
        return Document(
            path=path,
            title=parsed.title or path.rpartition("/")[2].rpartition(".")[0] or path,
            date=self.day if source == "modified" else day,
            date_source=source,
            digest=hashlib.sha256(self.contents[path]).hexdigest(),
            parsed=parsed,
        )

    def parsed(self, path: str) -> Parsed:
        """What stands in a file. Raises ReadError."""
        if path not in self._parsed:
            self._parsed[path] = parse(self.contents[path], path)
        return self._parsed[path]

    def passages(self, path: str) -> Sequence[Passage]:
        """A document cut into passages."""
        return split_passages(path, self.document(path).parsed.blocks)

    def lines(self, path: str) -> Sequence[str]:
        """Every line of a file as it is written. Raises ReadError."""
        if path not in self.contents:
            raise ReadError(f'there is no file "{path}"')
        return self.contents[path].decode("utf-8", "replace").splitlines()

    @cached_property
    def index(self) -> SmallIndex:
        """All documents as an index of words; no embedder has a part."""
        return SmallIndex([(self.document(path), self.passages(path)) for path in self.readable])

    def _is_document(self, path: str) -> bool:
        try:
            self.parsed(path)
        except ReadError:
            return False
        return True


@dataclass(kw_only=True)
class ScriptedDocuments:
    """`ports.Documents` over a scenario's files: what is refused is noted."""

    files: Files
    grants: tuple[Grant, ...] | None
    denied: list[str] = field(default_factory=list[str])
    tries: Mapping[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Faults still to come, by `Read`."""

    def lets(self, path: str) -> bool:
        """Whether the grants let a step read it."""
        return self.grants is None or any(grant.lets_read(path) for grant in self.grants)

    def read(self, path: str, here: Here) -> Mapping[str, Json] | None:
        """The document; None where there is none."""
        del here
        name = path.strip().removeprefix("./")
        if name.startswith(("/", "~")) or ".." in name.split("/"):
            self._deny(name, "it is outside of the garden")
        if not self.lets(name):
            self._deny(name, "no grant of the scenario lets it be read")
        waiting = self.tries.get("Read", [])
        if waiting and waiting.pop(0) != "ok":
            raise ReadError(f'cannot read "{name}": the scenario says so')
        return document_value(self.files, name) if name in self.files.contents else None

    def find(self, query: str, globs: Sequence[str], here: Here) -> Mapping[str, Json]:
        """Passages that the words of the query lead to."""
        asked = Query(text=query, within=tuple(globs), limit=MOST_HITS)
        found = find(
            self.files.index, asked, encoder=None, static=None, today=here.run.clock.date()
        )
        hits: list[Json] = [
            {
                "path": hit.passage.path,
                "place": hit.citation.place,
                "text": hit.passage.text,
                "score": round(hit.score, 4),
                "date": hit.citation.date.isoformat(),
                "title": hit.citation.title,
            }
            for hit in found.hits
            if self.lets(hit.passage.path)
        ]
        reason = "" if hits else "nothing in the garden is about it"
        return {"hits": hits, "abstained": not hits, "reason": reason}

    def _deny(self, path: str, why: str) -> None:
        self.denied.append(f"Read {path}")
        raise AccessError(f'"{path}" may not be read: {why}')


def document_value(files: Files, path: str) -> Mapping[str, Json]:
    """A document as steps see it. Raises ReadError."""
    document = files.document(path)
    lines = files.lines(path)
    is_text = path.endswith((".md", ".txt"))
    blocks = (block.text for block in document.parsed.blocks)
    text = "\n".join(lines) if is_text else "\n\n".join(blocks)
    return {
        "kind": "document",
        "path": path,
        "title": document.title,
        "text": text,
        "words": len(text.split()),
        "sha256": document.digest,
        "lines": tuple(lines),
    }


def handed_off_to(run: Run) -> str:
    """Where the note of a run that was handed off is said to lie."""
    return f"handoffs/{run.id}.md"
