"""What functions reach in a simulation: the scenario's files as an archive, and the jobs over them.

By words alone: no embedder is loaded. A job that would write or ask a person is refused.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from pmagent.errors import ReadError, UsageError
from pmagent.factcheck.check import Checker
from pmagent.factcheck.claims.split import split_claims, split_text
from pmagent.factcheck.texts import report_markdown
from pmagent.ingest.passages import locate, speaker_at
from pmagent.ingest.scan import matches_any
from pmagent.jobs.archive import resolve
from pmagent.jobs.checks import CHECKED, DRAFTS
from pmagent.jobs.manifests import decide_leave
from pmagent.publish.kit import make_kit
from pmagent.publish.render import format_named
from pmagent.publish.render.markdown import kit_page, part_page
from pmagent.publish.source import read_source
from pmagent.retrieval.answer import compose_answer
from pmagent.retrieval.prior_art import draw_map
from pmagent.retrieval.search import find
from pmagent.simulations.world.documents import Files
from pmagent.types import (
    Abstention,
    Answer,
    Block,
    Citation,
    Document,
    Found,
    Map,
    Passage,
    Query,
)
from pmagent.types.actions import Outcome
from pmagent.types.checking import (
    CheckReport,
    Claim,
    Disagreement,
    Leave,
    Verdict,
    Verification,
)
from pmagent.types.jobs import Asked, Saved, Told
from pmagent.types.publishing import Kit


@dataclass(frozen=True, kw_only=True)
class MemoryArchive:
    """The scenario's files, as `types.insights.Archive` says."""

    files: Files
    today: date
    """The day of the scenario."""
    lets: Callable[[str], bool] = lambda path: True  # noqa: ARG005
    """Whether a document may be read."""

    def paths(self) -> Sequence[str]:
        """Every document, sorted."""
        return tuple(path for path in self.files.readable if self.lets(path))

    def resolve(self, name: str) -> str:
        """The one document meant. Raises UsageError."""
        return resolve(name, self.paths())

    def document(self, path: str) -> Document:
        """One document. Raises ReadError."""
        if not self.lets(path):
            raise ReadError(f'"{path}" may not be read: no grant of the scenario lets it be')
        return self.files.document(path)

    def passages(self, path: str) -> Sequence[Passage]:
        """The document cut into passages."""
        return self.files.passages(path)

    def citation(self, passage: Passage, start: int = 0, end: int | None = None) -> Citation:
        """Where a span of a passage's text stands."""
        document = self.files.document(passage.path)
        is_whole = start == 0 and end is None
        last = len(passage.text) if end is None else end
        return Citation(
            path=passage.path,
            locator=passage.locator if is_whole else locate(passage, start, last),
            title=document.title,
            date=document.date,
            date_source=document.date_source,
            speaker=speaker_at(passage, start),
        )

    def search(self, query: Query) -> Found:
        """The passages that answer best, by words."""
        return find(self.files.index, query, encoder=None, static=None, today=self.today)

    def answer(self, found: Found) -> Answer | Abstention:
        """Verbatim sentences that answer."""
        return compose_answer(found, self.files.index, read=self._blocks)

    def where(self, found: Found) -> Map | Abstention:
        """The hits as a map."""
        return draw_map(found, self.files.index)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """None: no embedder is there."""
        del texts

    def idf(self, word: str) -> float:
        """How rare a word is; of several stems the rarest counts."""
        index = self.files.index
        return max((index.idf(stem) for stem in index.stems(word)), default=math.log(2))

    def saying(self, phrase: str) -> Sequence[str]:
        """Paths of the documents in which these words stand side by side."""
        index = self.files.index
        rows = np.flatnonzero(index.having(phrase)).tolist()
        return tuple(sorted({passage.path for passage in index.passages(rows)}))

    def speakers(self) -> Sequence[str]:
        """Everyone who speaks, most frequent first."""
        return self.files.index.speakers

    def _blocks(self, path: str) -> Sequence[Block]:
        return self.files.document(path).parsed.blocks


class MemoryJobs:
    """Kits and checks over a scenario's files, as `types.jobs.JobCalls` says."""

    def __init__(self, archive: MemoryArchive) -> None:
        self._archive = archive

    @property
    def read_paths(self) -> Sequence[str]:
        """Every document there is."""
        return self._archive.paths()

    def kit(self, name: str, *, more: float = 1.0, is_worded: bool = True) -> Kit:
        """Everything that can be drafted from one transcript, by words alone."""
        del is_worded
        return make_kit(read_source(self._archive, self._archive.resolve(name)), more=more)

    def render(self, kit: Kit, form: str) -> str:
        """The kit in one format."""
        return format_named(form).render(kit)

    def page(self, kit: Kit, part: str) -> str:
        """The kit, or a part of it, as Markdown."""
        return (kit_page(kit) if part == "kit" else part_page(kit, part)).markdown

    def check(
        self,
        name: str,
        *,
        sources: Sequence[str] = (),
        on_progress: Told | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> CheckReport:
        """A verdict on every claim of a document."""
        del on_progress, stop
        document = self._archive.document(self._archive.resolve(name))
        return self._report(document.path, document.digest, split_claims(document), sources)

    def check_text(self, text: str, *, sources: Sequence[str] = ()) -> CheckReport:
        """The same of words that are no file."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return self._report("", digest, split_text(text), sources)

    def check_claims(self, asked: Sequence[Asked]) -> Iterator[Verdict]:
        """A verdict each, in order."""
        for one in asked:
            yield self._checker(one.sources, "").check(one.claim)

    def report_page(self, report: CheckReport) -> str:
        """A check as Markdown."""
        return report_markdown(report)

    def leave(self, report: CheckReport) -> Leave:
        """Whether the draft may leave; nobody has let a claim stand."""
        return decide_leave(report, ())

    def kept(self, report: CheckReport) -> Sequence[int]:
        """None: nobody has let a claim stand."""
        del report
        return ()

    def lint(self, *, on_progress: Told | None = None) -> Sequence[Disagreement]:
        """Nothing: a scenario's files have no canonical ones among them."""
        del on_progress
        return ()

    def save(self, kit: Kit) -> Sequence[Saved]:
        """Refused. Raises UsageError."""
        del kit
        _refuse("a kit is not saved")

    def fix(self, report: CheckReport, number: int) -> Outcome:
        """Refused. Raises UsageError."""
        del report, number
        _refuse("a draft is not changed")

    def keep(self, report: CheckReport, number: int, note: str = "") -> None:
        """Refused. Raises UsageError."""
        del report, number, note
        _refuse("no claim is let stand")

    def unkeep(self, report: CheckReport, number: int) -> None:
        """Refused. Raises UsageError."""
        del report, number
        _refuse("no claim is let stand")

    def record(self, report: CheckReport) -> Outcome:
        """Refused. Raises UsageError."""
        del report
        _refuse("no manifest is written")

    def verify(self, name: str) -> Verification:
        """Refused. Raises UsageError."""
        del name
        _refuse("no manifest is there")

    def _report(
        self, path: str, digest: str, claims: Sequence[Claim], sources: Sequence[str]
    ) -> CheckReport:
        claims = tuple(claims)
        checker = self._checker(sources, path)
        searched = [one for one in self._archive.paths() if _is_source(one, sources, path)]
        return CheckReport(
            path=path,
            digest=digest,
            verdicts=tuple(checker.check(one) for one in claims if one.kind in CHECKED),
            set_aside=tuple(one for one in claims if one.kind not in CHECKED),
            sources=tuple(sources),
            searched=len(searched),
            notes=checker.notes,
        )

    def _checker(self, sources: Sequence[str], path: str) -> Checker:
        """Checks claims against the sources; without any against all but drafts and the text.

        Raises:
            UsageError: the sources name no document.
        """
        if sources and not any(matches_any(one, sources) for one in self._archive.paths()):
            raise UsageError(f"there is no document {', '.join(sources)} in this garden")
        without = () if sources else tuple(one for one in (*DRAFTS, path) if one)
        return Checker(self._archive.files.index, within=sources, without=without)


def _is_source(path: str, sources: Sequence[str], own: str) -> bool:
    if sources:
        return matches_any(path, sources)
    return path != own and not matches_any(path, DRAFTS)


def _refuse(what: str) -> NoReturn:
    raise UsageError(f"{what} in a simulation", "do that in the garden itself")
