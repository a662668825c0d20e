"""Checks of one garden: claims of a document against its archive, or against named sources.

A draft is never evidence for another, and a text never for itself, unless a person names it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from pmagent.errors import AccessError, ReadError
from pmagent.factcheck.check import Checker
from pmagent.factcheck.claims.split import split_claims, split_text
from pmagent.factcheck.disagreements import find_disagreements
from pmagent.factcheck.given.reading import Given, read_given
from pmagent.factcheck.given.support import judge_given
from pmagent.factcheck.small_index import SmallIndex
from pmagent.index.reader import IndexReader
from pmagent.ingest.passages import split_passages
from pmagent.ingest.scan import matches_any
from pmagent.jobs.archive import GardenArchive
from pmagent.jobs.grounds import JobGrounds
from pmagent.retrieval.canonical import read_canonical
from pmagent.retrieval.ports import QueryEncoder
from pmagent.types import Document
from pmagent.types.checking import CheckReport, Claim, Disagreement, Verdict
from pmagent.types.jobs import Asked, Told

CHECKED = frozenset({"statement", "quote"})
"""Kinds of claims that can be checked; the others are set aside."""
DRAFTS = ("drafts/**",)
_MOST_GIVEN = 500
"""Documents that a glob of files without an index may name."""


@dataclass(frozen=True, kw_only=True)
class _Whole:
    """A text with its claims."""

    path: str
    digest: str
    claims: tuple[Claim, ...]


class Checks:
    """Checks against one garden. Every call sees one state of its index."""

    def __init__(self, grounds: JobGrounds, archive: Callable[[], GardenArchive]) -> None:
        self._grounds = grounds
        self._archive = archive

    def check(
        self,
        name: str,
        sources: Sequence[str],
        on_progress: Told | None,
        stop: Callable[[], bool],
    ) -> CheckReport:
        """A verdict on every claim of a document."""
        archive = self._archive()
        document = archive.document(archive.resolve(name))
        claims = tuple(split_claims(document))
        whole = _Whole(path=document.path, digest=document.digest, claims=claims)
        return self._report(whole, sources, on_progress, stop)

    def check_text(self, text: str, sources: Sequence[str]) -> CheckReport:
        """The same of words that are no file."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        whole = _Whole(path="", digest=digest, claims=tuple(split_text(text)))
        return self._report(whole, sources, None, lambda: False)

    def check_claims(self, asked: Sequence[Asked]) -> Iterator[Verdict]:
        """A verdict each, in order; claims with the same sources share what was read of them."""
        made: dict[tuple[str, ...], Callable[[Claim], Verdict]] = {}
        for one in asked:
            if one.sources not in made:
                made[one.sources] = (
                    self._given(one.sources) if one.sources else self._checker((), "").check
                )
            yield made[one.sources](one.claim)

    def lint(self, on_progress: Told | None) -> Sequence[Disagreement]:
        """Where drafts disagree with canonical sources, or with older documents."""
        archive = self._archive()
        canonical = self._canonical()
        checker = self._checker((), "")
        done = 0

        def check(claim: Claim) -> Verdict:
            nonlocal done
            verdict = checker.check(claim)
            done += 1
            if on_progress is not None:
                on_progress(done, 0)
            return verdict

        return find_disagreements(archive, check, canonical=canonical).found

    def _report(
        self,
        whole: _Whole,
        sources: Sequence[str],
        on_progress: Told | None,
        stop: Callable[[], bool],
    ) -> CheckReport:
        began = time.perf_counter()
        checker = self._checker(sources, whole.path)
        checked = [claim for claim in whole.claims if claim.kind in CHECKED]
        verdicts: list[Verdict] = []
        for claim in checked:
            if stop():
                break
            verdicts.append(checker.check(claim))
            if on_progress is not None:
                on_progress(len(verdicts), len(checked))
        left = len(checked) - len(verdicts)
        stopped = (f"stopped: {left} claims were not checked",) if left else ()
        archive = self._archive()
        for verdict in verdicts:
            archive.read_paths += [
                one.citation.path
                for one in verdict.evidence
                if one.citation.path not in archive.read_paths
            ]
        return CheckReport(
            path=whole.path,
            digest=whole.digest,
            verdicts=tuple(verdicts),
            set_aside=tuple(claim for claim in whole.claims if claim.kind not in CHECKED),
            sources=tuple(sources),
            searched=self._count(sources, whole.path),
            is_whole=not left,
            notes=(*checker.notes, *stopped),
            elapsed_ms=(time.perf_counter() - began) * 1000,
        )

    def _checker(self, sources: Sequence[str], path: str) -> Checker:
        """What checks claims against the archive, or against the part of it that is named.

        Raises:
            UsageError: the sources name no document.
            IndexFaultError: nothing is indexed yet.
        """
        engine = self._grounds.engine()
        reader = engine.reader()
        if sources and not any(matches_any(one, sources) for one in reader.paths):
            documents = self._read_sources(sources)
            index = _small(documents, engine.encoder, reader)
            return Checker(index, encoder=engine.encoder, static=engine.sketcher)
        return Checker(
            reader,
            encoder=engine.encoder,
            static=engine.sketcher,
            within=sources,
            without=() if sources else _aside(path),
        )

    def _given(self, sources: Sequence[str]) -> Callable[[Claim], Verdict]:
        """What checks claims against whole documents that were handed over with them."""
        documents = self._read_sources(sources)
        given = read_given(documents)
        engine = self._grounds.engine()
        index = _small(documents, engine.encoder, engine.reader())
        checker = Checker(index, encoder=engine.encoder, static=engine.sketcher)
        return lambda claim: _judged(claim, given, checker)

    def _read_sources(self, sources: Sequence[str]) -> Sequence[Document]:
        """The documents that paths and globs name, read now.

        Raises:
            UsageError: one names nothing.
        """
        archive = self._archive()
        found: dict[str, Document] = {}
        for name in sources:
            paths = [path for path in archive.paths() if matches_any(path, (name,))]
            for path in paths[:_MOST_GIVEN] or [archive.resolve(name)]:
                found.setdefault(path, archive.document(path))
        return tuple(found.values())

    def _count(self, sources: Sequence[str], path: str) -> int:
        """How many documents evidence was looked for in."""
        aside = () if sources else _aside(path)
        paths = self._grounds.engine().reader().paths
        return sum(
            1
            for one in paths
            if (not sources or matches_any(one, sources)) and not matches_any(one, aside)
        )

    def _canonical(self) -> Sequence[str]:
        try:
            return read_canonical("\n".join(self._grounds.lines("AGENTS.md")))
        except (AccessError, ReadError):
            return ()


def _aside(path: str) -> tuple[str, ...]:
    return (*DRAFTS, path) if path else DRAFTS


def _small(
    documents: Sequence[Document], encoder: QueryEncoder | None, background: IndexReader
) -> SmallIndex:
    return SmallIndex(
        [(one, split_passages(one.path, one.parsed.blocks)) for one in documents],
        encoder=encoder,
        background=background,
    )


def _judged(claim: Claim, given: Given, checker: Checker) -> Verdict:
    """Two looks: whether the documents bear the claim out, and whether they say otherwise."""
    verdict = judge_given(claim, given)
    other = checker.check(claim)
    if other.word != "contradicted":
        return verdict
    if verdict.word == "not_found":
        return replace(other, score=min(verdict.score, other.score))
    if other.is_weak or verdict.is_weak:
        return replace(verdict, differences=other.differences, is_weak=True)
    return replace(verdict, word="needs_person", differences=other.differences, why=other.why)
