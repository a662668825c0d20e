from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.errors import ReadError
from pmagent.jobs.manifests import (
    decide_leave,
    hash_words,
    judge,
    manifest_path,
    read_manifest,
    spans_of_report,
    verify,
    write_manifest,
)
from pmagent.types import Citation, Locator
from pmagent.types.checking import (
    CheckReport,
    Claim,
    Evidence,
    Manifest,
    SourceSpan,
    Verdict,
    VerdictWord,
    Waiver,
)

AT = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
NOTE = ("# Tides", "", "The pier is 41 metres long.", "It was built in 1907.")


def lines_of(files: dict[str, Sequence[str]]) -> Callable[[str], Sequence[str]]:
    def lines(path: str) -> Sequence[str]:
        if path not in files:
            raise ReadError(f'there is no file "{path}"')
        return files[path]

    return lines


def verdict(text: str, word: VerdictWord, line: int = 3) -> Verdict:
    citation = Citation(
        path="notes/tides.md",
        locator=Locator(first_line=line, last_line=line),
        title="Tides",
        date=date(2025, 1, 1),
        date_source="file name",
    )
    evidence = Evidence(citation=citation, text=NOTE[line - 1])
    return Verdict(
        claim=Claim(text=text, source=text), word=word, score=0.5, why="so", evidence=(evidence,)
    )


def report(*verdicts: Verdict) -> CheckReport:
    return CheckReport(path="drafts/post.md", digest="d1", verdicts=verdicts)


def manifest(*verdicts: Verdict, waivers: tuple[Waiver, ...] = ()) -> Manifest:
    return Manifest(
        draft="drafts/post.md",
        digest="d1",
        made_at=AT,
        made_by="offline",
        spans=spans_of_report(report(*verdicts), lines_of({"notes/tides.md": NOTE})),
        is_checked=True,
        verdicts=tuple(judge(one) for one in verdicts),
        waivers=waivers,
    )


def waiver(claim: str) -> Waiver:
    return Waiver(claim=claim, by="Ina", at=AT, note="I was there")


def test_a_draft_whose_claims_are_all_supported_may_leave() -> None:
    assert decide_leave(report(verdict("It is 41 metres long.", "supported")), ()).is_free


@pytest.mark.parametrize("word", ["contradicted", "not_found", "needs_person"])
def test_one_claim_without_support_holds_a_draft_back_until_a_person_lets_it_stand(
    word: VerdictWord,
) -> None:
    checked = report(verdict("It is 41 metres long.", "supported"), verdict("It sank.", word))

    assert [one.claim.text for one in decide_leave(checked, ()).blocking] == ["It sank."]
    assert not decide_leave(checked, (waiver("It is 41 metres long."),)).is_free
    assert decide_leave(checked, (waiver("It sank."),)).is_free


def test_a_draft_that_was_changed_after_its_check_is_held_back() -> None:
    leave = decide_leave(report(), (), digest_now="d2")

    assert leave.reasons == ("it was changed after it was checked; check it again",)


def test_a_manifest_reads_as_it_was_written() -> None:
    whole = manifest(verdict("It is 41 metres long.", "supported"), waivers=(waiver("It sank."),))

    assert read_manifest(write_manifest(whole), "post.manifest.json") == whole


def test_a_file_that_is_no_manifest_says_so() -> None:
    with pytest.raises(ReadError, match=r'"x\.json" is no manifest'):
        read_manifest("{}", "x.json")


def test_sources_as_they_were_verify() -> None:
    found = verify(
        manifest(verdict("It is 41 metres long.", "supported")),
        "d1",
        lines_of({"notes/tides.md": NOTE}),
        (),
    )

    assert found.is_draft_same
    assert found.leave.is_free
    assert (found.changed, found.moved, found.missing) == ((), (), ())


def test_words_that_moved_in_their_file_are_found_where_they_stand_now() -> None:
    moved = ("a new first line", *NOTE)

    found = verify(
        manifest(verdict("It is 41 metres long.", "supported")),
        "d1",
        lines_of({"notes/tides.md": moved}),
        (),
    )

    assert [(span.first_line, now) for span, now in found.moved] == [(3, 4)]
    assert found.changed == ()


def test_a_source_whose_words_changed_is_named_and_one_that_is_gone_too() -> None:
    whole = manifest(verdict("It is 41 metres long.", "supported"))
    edited = tuple(line.replace("41", "14") for line in NOTE)

    changed = verify(whole, "d1", lines_of({"notes/tides.md": edited}), ())
    gone = verify(whole, "d1", lines_of({}), ())

    assert [span.first_line for span in changed.changed] == [3]
    assert gone.missing == ("notes/tides.md",)


def test_an_approval_that_stands_only_in_the_file_does_not_count() -> None:
    forged = manifest(verdict("It sank.", "contradicted"), waivers=(waiver("It sank."),))
    lines = lines_of({"notes/tides.md": NOTE})

    assert not verify(forged, "d1", lines, ()).leave.is_free
    assert "Ina" in verify(forged, "d1", lines, ()).notes[0]
    assert verify(forged, "d1", lines, (waiver("It sank."),)).leave.is_free


def test_a_manifest_stands_beside_its_draft() -> None:
    assert manifest_path("drafts/kits/ep/post.md") == "drafts/kits/ep/post.manifest.json"
    assert manifest_path("post") == "post.manifest.json"


@given(st.lists(st.text(alphabet="ab \t", max_size=8), max_size=5))
def test_white_space_alone_never_changes_a_hash(lines: list[str]) -> None:
    assert hash_words(lines) == hash_words([f"  {'  '.join(line.split())} " for line in lines])


def test_a_span_hashes_the_words_of_its_lines() -> None:
    [span] = spans_of_report(
        report(verdict("It is old.", "supported", line=4)), lines_of({"notes/tides.md": NOTE})
    )

    digest = hash_words(["It was built in 1907."])
    assert span == SourceSpan(path="notes/tides.md", first_line=4, last_line=4, sha256=digest)
