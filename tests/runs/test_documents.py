"""What a run reads: through the gate, on the trail, kept as it was read."""

from __future__ import annotations

import pytest

from pmagent.errors import UsageError
from tests.runs.grounds import LOCKED, NOTES, NOTES_TEXT, TALK, TALK_TEXT, Ground

READS = """\
1. **Read** `document` as `t`
2. **Return** `t.path`
"""


def test_a_read_is_on_the_trail_and_kept_as_it_was(ground: Ground) -> None:
    ground.procedure("look", READS)

    with ground.open() as sitting:
        run = sitting.begin(f"/look {NOTES}")
        [row] = [row for row in sitting.garden.runs.steps(run.id) if row.name == "t"]
        entries = [entry for entry in sitting.trail() if entry.tool == "Read"]
        labels = sitting.garden.gatehouse.session.labels

    assert isinstance(row.value, dict)
    assert (row.value["path"], row.value["lines"]) == (NOTES, NOTES_TEXT.splitlines())
    assert row.value["words"] == 9
    assert [(entry.by, entry.subject, entry.verdict) for entry in entries] == [
        ("procedure/look", NOTES, "allowed"),
        ("procedure/look", NOTES, "done"),
    ]
    assert labels == {"private"}


def test_the_words_of_others_make_a_run_untrusted(ground: Ground) -> None:
    ground.procedure("look", READS)

    with ground.open() as sitting:
        sitting.begin(f"/look {TALK}")

        assert sitting.garden.gatehouse.session.labels == {"private", "untrusted"}


def test_a_resumed_run_is_still_private_and_untrusted(ground: Ground) -> None:
    # What leaves after the pause still holds what was read before it.
    steps = READS.replace("2. **Return**", '2. **Approve** "Go on?" showing `t`\n3. **Return**')
    ground.procedure("look", steps)
    waits = ground.begin(f"/look {TALK}")
    ground.decide("accept")

    with ground.open() as sitting:
        assert sitting.resume(waits.id).state == "done"
        session = sitting.garden.gatehouse.session
        assert session.labels == {"private", "untrusted"}
        assert session.carried("The twelfth time we built it, Nell said to nobody at all.")


def test_what_a_rule_denies_ends_the_run_and_the_rule_is_named(ground: Ground) -> None:
    ground.settings(permissions={"deny": ["Read(finance/**)"]})
    ground.procedure("look", f"1. **Read** `{LOCKED}` as `t`\n2. **Return** `t.path`\n")

    run = ground.begin(f"/look {TALK}")

    assert run.state == "failed"
    assert run.reason.startswith(f'denied: "{LOCKED}" may not be read')
    assert "Read(finance/**)" in run.reason
    assert ground.rows(run)[-1].status == "failed"


def test_a_deny_rule_that_came_after_a_pause_counts(ground: Ground) -> None:
    steps = f'1. **Approve** "Go on?"\n2. **Read** `{NOTES}` as `t`\n3. **Return** `t.path`\n'
    ground.procedure("look", steps)
    waits = ground.begin(f"/look {TALK}")
    ground.decide("accept")
    ground.settings(permissions={"deny": ["Read(notes/**)"]})

    run = ground.resume(waits)

    assert (run.state, run.reason[:8]) == ("failed", "denied: ")


def test_what_is_not_there_is_said_and_what_may_be_missing_is_none(ground: Ground) -> None:
    ground.procedure("look", "1. **Read** `notes/no.md` as `t`\n2. **Return** `t.path`\n")
    ground.procedure(
        "peek", "1. **Read** `notes/no.md` if it exists as `t`\n2. **Return** `t == None`\n"
    )

    missing, optional = ground.begin(f"/look {TALK}"), ground.begin(f"/peek {TALK}")

    assert missing.state in {"blocked", "failed"}
    assert "notes/no.md" in missing.reason
    assert (optional.state, optional.result) == ("done", True)


def test_a_search_finds_what_is_there_and_abstains_where_nothing_is(ground: Ground) -> None:
    steps = """\
1. **Find** `"deposits no-shows"` in `transcripts/**` as `found`
2. **Find** `"zeppelin maintenance contracts"` in `transcripts/**` as `nothing`
3. **Return** `{"paths": [hit.path for hit in found.hits], "none": nothing.abstained}`
"""
    ground.procedure("seek", steps)
    ground.index()

    run = ground.begin(f"/seek {TALK}")

    assert (run.state, run.result) == ("done", {"paths": [TALK], "none": True})


def test_a_document_of_the_persons_own_words_is_named_by_part_of_its_name(ground: Ground) -> None:
    ground.procedure("look", READS)
    ground.index()

    run = ground.begin("/look margins")

    assert (run.result, run.key) == (NOTES, NOTES)


@pytest.mark.parametrize("typed", ["", "nothing-like-it"])
def test_a_document_that_is_missing_or_unknown_begins_no_run(ground: Ground, typed: str) -> None:
    ground.procedure("look", READS)
    ground.index()

    with ground.open() as sitting:
        with pytest.raises(UsageError, match=r"document|nothing-like-it"):
            sitting.begin(f"/look {typed}")
        assert sitting.garden.runs.list() == ()


def test_the_lines_of_a_transcript_are_those_of_its_file(ground: Ground) -> None:
    ground.procedure("look", READS)

    row = ground.row(ground.begin(f"/look {TALK}"), "t")

    assert isinstance(row.value, dict)
    assert row.value["lines"] == TALK_TEXT.splitlines()
