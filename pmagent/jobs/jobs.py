"""The jobs of one garden: the one place where its files, its index and the pure work meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pmagent.errors import ReadError, UsageError
from pmagent.factcheck.texts import report_markdown
from pmagent.jobs.archive import GardenArchive
from pmagent.jobs.checks import Checks
from pmagent.jobs.grounds import JobGrounds
from pmagent.jobs.kits import digest_of, save_kit
from pmagent.jobs.manifests import (
    decide_leave,
    judge,
    manifest_path,
    read_manifest,
    spans_of_report,
    verify,
    write_manifest,
)
from pmagent.jobs.waivers import Waivers
from pmagent.publish.kit import make_kit
from pmagent.publish.render import format_named
from pmagent.publish.render.markdown import kit_page, part_page
from pmagent.publish.source import read_source
from pmagent.types.actions import Outcome
from pmagent.types.checking import (
    CheckReport,
    Disagreement,
    Leave,
    Manifest,
    SourceSpan,
    Verdict,
    Verification,
    Waiver,
)
from pmagent.types.jobs import Asked, Saved, Told
from pmagent.types.publishing import Kit
from pmagent.types.talk import Model

PERSON = "person"
OFFLINE = "offline"
WHOLE = "kit"


class Jobs:
    """Kits and checks of one garden's documents, as `types.jobs.JobCalls` says. Calls block."""

    def __init__(self, grounds: JobGrounds, model: Model | None = None) -> None:
        """`model` words kits and gives second opinions; None does without."""
        self._grounds = grounds
        self._model = model
        self._read_paths: list[str] = []
        self._checks = Checks(grounds, self.archive)
        self._waivers = Waivers(grounds.data_dir)

    def worded_by(self, model: Model) -> Jobs:
        """The same jobs with a language model; `offline` is none. What they read counts anew."""
        return Jobs(self._grounds, None if model.card.id == OFFLINE else model)

    def archive(self) -> GardenArchive:
        """The garden as one job sees it."""
        made = self._grounds.archive()
        made.read_paths = self._read_paths
        return made

    @property
    def read_paths(self) -> Sequence[str]:
        """Every document these jobs came to read."""
        return tuple(self._read_paths)

    # -- kits --------------------------------------------------------------------------------------

    def kit(self, name: str, *, more: float = 1.0, is_worded: bool = True) -> Kit:
        """Everything that can be drafted from one transcript."""
        archive = self.archive()
        source = read_source(archive, archive.resolve(name))
        kit = make_kit(source, more=more)
        if self._model is None or not is_worded:
            return kit
        # Late: what speaks to a model is needed only where one was chosen.
        from pmagent.jobs.wording import word  # noqa: PLC0415

        return word(kit, source, self._model)

    def render(self, kit: Kit, form: str) -> str:
        """The kit in one format."""
        return format_named(form).render(kit)

    def page(self, kit: Kit, part: str) -> str:
        """One part of the kit as Markdown with its places, or all of it: `kit`."""
        page = kit_page(kit) if part == WHOLE else part_page(kit, part)
        return page.markdown

    def save(self, kit: Kit) -> Sequence[Saved]:
        """Write the kit below `drafts/kits/`, through the gate; it ends at the first refusal."""
        return tuple(save_kit(kit, self._grounds))

    # -- checks ------------------------------------------------------------------------------------

    def check(
        self,
        name: str,
        *,
        sources: Sequence[str] = (),
        on_progress: Told | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> CheckReport:
        """A verdict on every claim of a document."""
        return self._seconded(self._checks.check(name, sources, on_progress, stop), stop)

    def check_text(self, text: str, *, sources: Sequence[str] = ()) -> CheckReport:
        """The same of words that are no file."""
        return self._seconded(self._checks.check_text(text, sources), lambda: False)

    def report_page(self, report: CheckReport) -> str:
        """A check as Markdown, with what holds its text back."""
        leave = self.leave(report)
        gate = "It may leave." if leave.is_free else f"Held back: {'; '.join(leave.reasons)}."
        return f"{report_markdown(report)}\n{gate}\n"

    def check_claims(self, asked: Sequence[Asked]) -> Iterator[Verdict]:
        """A verdict each, in order."""
        return self._checks.check_claims(asked)

    def lint(self, *, on_progress: Told | None = None) -> Sequence[Disagreement]:
        """Where drafts disagree with canonical sources, or with older documents."""
        return self._checks.lint(on_progress)

    def _seconded(self, report: CheckReport, stop: Callable[[], bool]) -> CheckReport:
        if self._model is None:
            return report
        from pmagent.jobs.wording import second  # noqa: PLC0415 - as in `kit`

        return second(report, self._model, stop)

    # -- what may leave ----------------------------------------------------------------------------

    def fix(self, report: CheckReport, number: int) -> Outcome:
        """Put a verdict's correction into the draft, through the gate."""
        verdict = report.verdicts[number]
        path = _draft_of(report)
        old = verdict.claim.source
        best = verdict.differences[0] if verdict.differences else None
        if not verdict.correction or best is None or old.count(best.said) != 1:
            raise UsageError(
                "no correction can be put in by itself", "edit the line, with the evidence beside"
            )
        given = {
            "file_path": path,
            "old_string": old,
            "new_string": old.replace(best.said, best.found),
        }
        why = f"the evidence says {best.found}"
        return self._grounds.garden.perform("Edit", given, by="command", why=why)

    def keep(self, report: CheckReport, number: int, note: str = "") -> None:
        """Let a claim stand as it is. For a person's key press only."""
        waiver = Waiver(
            claim=report.verdicts[number].claim.text,
            by=self._grounds.person,
            at=self._grounds.now(),
            note=note,
        )
        self._waivers.add(_draft_of(report), waiver)

    def unkeep(self, report: CheckReport, number: int) -> None:
        """Take that word back."""
        self._waivers.remove(_draft_of(report), report.verdicts[number].claim.text)

    def kept(self, report: CheckReport) -> Sequence[int]:
        """Which verdicts a person lets stand."""
        claims = {waiver.claim for waiver in self._waivers.of(report.path)}
        return tuple(
            number for number, verdict in enumerate(report.verdicts) if verdict.claim.text in claims
        )

    def leave(self, report: CheckReport) -> Leave:
        """Whether the draft that was checked may leave this computer."""
        now = digest_of(self._grounds, report.path) if report.path else None
        return decide_leave(report, self._waivers.of(report.path), digest_now=now)

    def record(self, report: CheckReport) -> Outcome:
        """Write the manifest beside the draft that was checked, through the gate."""
        draft = _draft_of(report)
        before = self._manifest(draft)
        manifest = Manifest(
            draft=draft,
            digest=report.digest,
            made_at=self._grounds.now(),
            made_by=before.made_by if before is not None else PERSON,
            source=before.source if before is not None else "",
            source_digest=before.source_digest if before is not None else "",
            spans=_joined(before, report, self._grounds),
            is_checked=True,
            verdicts=tuple(judge(verdict) for verdict in report.verdicts),
            waivers=tuple(self._waivers.of(draft)),
        )
        path = manifest_path(draft)
        given = {"file_path": path, "content": write_manifest(manifest)}
        why = f'what "{draft}" rests on'
        return self._grounds.garden.perform("Write", given, by="command", why=why)

    def verify(self, name: str) -> Verification:
        """What has become of a draft's sources since its manifest was written."""
        draft = self.archive().resolve(name)
        manifest = self._manifest(draft)
        if manifest is None:
            raise UsageError(
                f'there is no manifest beside "{draft}"',
                f'make one: "pmagent check {draft} --save"',
            )
        digest = digest_of(self._grounds, draft) or ""
        return verify(manifest, digest, self._grounds.lines, self._waivers.of(draft))

    def _manifest(self, draft: str) -> Manifest | None:
        path = manifest_path(draft)
        if digest_of(self._grounds, path) is None:
            return None
        try:
            text = "\n".join(self._grounds.lines(path))
        except ReadError:
            return None
        return read_manifest(text, path)


def _draft_of(report: CheckReport) -> str:
    if not report.path:
        raise UsageError("this text is no file", "save it in the garden, and check the file")
    return report.path


def _joined(
    before: Manifest | None, report: CheckReport, grounds: JobGrounds
) -> tuple[SourceSpan, ...]:
    """The places it was made of with those its claims were held against."""
    made_of = before.spans if before is not None else ()
    found = spans_of_report(report, grounds.lines)
    return tuple(dict.fromkeys((*made_of, *found)))
