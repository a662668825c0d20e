"""The garden's documents as a run reads them: whole, as values that can be kept.

Each read is decided and recorded by the gate, and counts as read in the session; what is read then
stands in the run's record as it was, so that a replay sees the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pmagent.errors import AccessError, ReadError
from pmagent.gatehouse import Gatehouse
from pmagent.jobs.archive import GardenArchive
from pmagent.jobs.grounds import JobGrounds
from pmagent.procedures.engine.ports import Here
from pmagent.types import Hit, Query
from pmagent.types.actions import Denied, Done, Failed, Json, Unanswered

MOST_HITS = 12


@dataclass(frozen=True, kw_only=True)
class GardenDocuments:
    """Documents of one garden, read through its gate."""

    grounds: JobGrounds
    gatehouse: Gatehouse
    archive: Callable[[], GardenArchive]

    def read(self, path: str, here: Here) -> Mapping[str, Json] | None:
        """A document as an object with its path, title, text, words, digest and lines."""
        archive = self.archive()
        found = path.removeprefix("./")
        # Only what is called so: a name that stands for another file is resolved when a run begins.
        if not archive.has(found):
            self._see_that_it_is_not_denied(found, here)
            return None
        self._ask(found, here)
        document = archive.document(found)
        text = "\n".join(block.text for block in document.parsed.blocks)
        labels = self.gatehouse.labels_of(found)
        self.gatehouse.session.note(labels, text if "private" in labels else "")
        return {
            "kind": "document",
            "path": found,
            "title": document.title,
            "date": document.date.isoformat(),
            "text": text,
            "words": len(text.split()),
            "sha256": document.digest,
            "lines": _without_end(self.grounds.lines(found)),
        }

    def find(self, query: str, globs: Sequence[str], here: Here) -> Mapping[str, Json]:
        """The passages that answer, or why there are none."""
        del here
        asked = Query(text=query, within=tuple(globs), limit=MOST_HITS)
        found = self.archive().search(asked)
        is_weak = not found.hits or found.confidence < found.threshold
        kept: Sequence[Hit] = () if is_weak else found.hits
        hits: list[Json] = [_told(hit) for hit in kept]
        for hit in found.hits:
            labels = self.gatehouse.labels_of(hit.citation.path)
            self.gatehouse.session.note(labels, hit.quote if "private" in labels else "")
        reason = (
            f"confidence {found.confidence:.2f}, below {found.threshold:.2f}" if is_weak else ""
        )
        return {"hits": hits, "abstained": is_weak, "reason": reason}

    def _see_that_it_is_not_denied(self, path: str, here: Here) -> None:
        """Tell what a rule hides from what is not there.

        Raises:
            AccessError: a rule refuses the path, whether or not anything stands there.
        """
        decision = self.gatehouse.test_rule("Read", path)
        if decision.effect == "deny":
            self._ask(path, here)
            raise AccessError(f'"{path}" may not be read: {decision.reason}')

    def _ask(self, path: str, here: Here) -> None:
        """Let the gate decide and record the read.

        Raises:
            AccessError: it is refused.
            ReadError: it cannot be read.
        """
        given: dict[str, Json] = {"file_path": path, "limit": 1}
        by = f"procedure/{here.procedure.name}"
        match self.gatehouse.perform("Read", given, by=by, why=f"step {here.address}"):
            case Done():
                return
            case Denied(decision=decision, note=note):
                raise AccessError(f'"{path}" may not be read: {decision.reason}', note)
            case Unanswered(decision=decision):
                raise AccessError(
                    f'"{path}" may not be read unasked: {decision.reason}',
                    f'let it be read: "pmagent garden allow Read({path})"',
                )
            case Failed(message=message, hint=hint):
                raise ReadError(message, hint)


def _without_end(lines: Sequence[str]) -> list[Json]:
    """The lines of a file; what follows its last line break is none, and nothing can cite it."""
    return list(lines[:-1] if lines and not lines[-1] else lines)


def _told(hit: Hit) -> Mapping[str, Json]:
    cited = hit.citation
    return {
        "path": cited.path,
        "place": cited.place,
        "label": cited.label,
        "title": cited.title,
        "date": cited.date.isoformat(),
        "text": hit.quote,
        "score": round(hit.score, 4),
    }
