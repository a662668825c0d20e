"""What a run sends: exactly what a person said yes to, once, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pmagent.runs.runs import Company
from pmagent.types.actions import Json, No, Yes
from pmagent.types.outbox import Effect
from pmagent.types.runs import RunChanged
from tests.publishers.fake_ghost import FakeGhost, Fault, serve_ghost
from tests.runs.grounds import (
    NOTES,
    TALK,
    TO_GHOST,
    Ground,
    Presser,
    bodies,
    model_of,
    says,
    with_model,
)

TITLE = "What a deposit does"
WORDS = "Two lines about deposits.\n\nThey are asked for up front."
SENT = [(TITLE, WORDS)]


def effects(ground: Ground) -> list[Effect]:
    with ground.open() as sitting:
        return list(sitting.garden.outbox.listed())


def shown_text(site: FakeGhost, title: str = TITLE, words: str = WORDS) -> str:
    return f"To: {site.url}, as a draft\nTitle: {title}\nAddress: what-a-deposit-does\n\n{words}"


def test_a_yes_sends_exactly_what_was_shown(ground: Ground, ghost: FakeGhost) -> None:
    ground.procedure("post", TO_GHOST)

    waits = ground.begin(f"/post {TALK}")

    review = ground.waiting()
    assert (waits.state, waits.waits_for, ghost.writes()) == ("waiting", "approve", [])
    assert review.title == f"Send “{TITLE}” to Ghost?"
    assert review.shown == {"title": TITLE, "words": WORDS}
    assert [one["outgoing"] for one in review.sendings] == [shown_text(ghost)]

    ground.decide("accept")
    done = ground.resume(waits)

    assert (done.state, done.spent.effects, bodies(ghost)) == ("done", 1, SENT)
    [post] = ghost.posts.values()
    [effect] = effects(ground)
    assert (effect.run, effect.address, effect.business_key) == (done.id, "5", TALK)
    assert isinstance(done.result, dict)
    assert done.result["draft"] == {
        "url": f"{ghost.url}/p/{post['uuid']}/", "id": post["id"], "state": "draft",
        "revision": post["updated_at"], "slug": "what-a-deposit-does",
    }  # fmt: skip


def test_a_no_ends_the_run_blocked_with_the_persons_words(ground: Ground, ghost: FakeGhost) -> None:
    ground.procedure("post", TO_GHOST)
    waits = ground.begin(f"/post {TALK}")

    ground.decide("reject", note="not this week")
    ended = ground.resume(waits)

    assert (ended.state, ended.reason) == ("blocked", "not this week")
    assert (ghost.writes(), effects(ground)) == ([], [])


def test_whoever_sits_there_is_asked_at_once_and_it_counts_as_a_review(
    ground: Ground, ghost: FakeGhost
) -> None:
    ground.procedure("post", TO_GHOST)
    person = Presser(lambda _: Yes())

    done = ground.begin(f"/post {TALK}", Company(asker=person))

    assert (done.state, bodies(ghost)) == ("done", SENT)
    [ask] = person.asked
    assert ask.title == f"APPROVE Send “{TITLE}” to Ghost?"
    assert "ghost.draft" in ask.body
    assert shown_text(ghost) in ask.body
    with ground.open() as sitting:
        [review] = sitting.garden.reviews.of_run(done.id)
    assert (review.kind, review.state, review.decision) == ("approve", "decided", "accept")


def test_a_no_at_the_terminal_sends_nothing(ground: Ground, ghost: FakeGhost) -> None:
    ground.procedure("post", TO_GHOST)

    ended = ground.begin(f"/post {TALK}", Company(asker=Presser(lambda _: No(note="no"))))

    assert (ended.state, ended.reason, ghost.writes()) == ("blocked", "no", [])


@pytest.mark.parametrize(
    ("edits", "sent"),
    [
        ({"title": "Why a deposit"}, ("Why a deposit", WORDS)),
        ({"words": "One line."}, (TITLE, "One line.")),
    ],
)
def test_an_edit_in_the_approval_changes_what_is_sent_and_only_that(
    ground: Ground, ghost: FakeGhost, edits: dict[str, Json], sent: tuple[str, str]
) -> None:
    ground.procedure("post", TO_GHOST.replace("slug(title)", '"a-deposit"'))
    waits = ground.begin(f"/post {TALK}")

    ground.decide("edit", edits=edits)
    done = ground.resume(waits)

    assert (done.state, bodies(ghost)) == ("done", [sent])
    assert [post["slug"] for post in ghost.posts.values()] == ["a-deposit"]
    assert isinstance(done.result, dict)
    assert (done.result["title"], done.result["words"]) == sent


def test_a_yes_for_one_site_sends_nothing_to_another(ground: Ground, ghost: FakeGhost) -> None:
    ground.procedure("post", TO_GHOST)
    waits = ground.begin(f"/post {TALK}")
    ground.decide("accept")

    with serve_ghost() as other:
        other.now, other.token_now = ghost.now, ghost.token_now
        ground.settings(ghost_url=other.url)
        again = ground.resume(waits)

        review = ground.waiting()
        assert (again.state, again.waits_for) == ("waiting", "approve")
        assert [one["outgoing"] for one in review.sendings] == [shown_text(other)]
        assert (ghost.writes(), other.writes()) == ([], [])

        ground.decide("accept")
        assert ground.resume(waits).state == "done"
        assert (bodies(ghost), bodies(other)) == ([], SENT)


def test_what_the_yes_did_not_know_is_asked_for_itself(ground: Ground, ghost: FakeGhost) -> None:
    # What a model writes after the yes is not what the person saw.
    steps = TO_GHOST.replace(
        "5. **Call**",
        "5. Say `t` in a line, as `words` like `str 5..80`\n6. **Call**",
    ).replace("6. **Return**", "7. **Return**")
    ground.procedure("post", steps)
    company = with_model(model_of([says("Ten dollars up front.")]))
    waits = ground.begin(f"/post {TALK}", company)
    assert ground.waiting().sendings == ()
    ground.decide("accept")

    again = ground.resume(waits, company)

    assert (again.state, again.waits_for, ghost.writes()) == ("waiting", "approve", [])
    [sending] = ground.waiting().sendings
    assert str(sending["outgoing"]).endswith("Ten dollars up front.")
    ground.decide("accept")
    assert ground.resume(waits).state == "done"
    assert bodies(ghost) == [(TITLE, "Ten dollars up front.")]


def test_what_a_hook_rewrites_is_asked_again_as_it_then_reads(
    ground: Ground, ghost: FakeGhost, tmp_path: Path
) -> None:
    ground.procedure("post", TO_GHOST)
    changed = {
        "title": TITLE, "markdown": "By a hook.", "slug": "what-a-deposit-does",
    }  # fmt: skip
    said = {"hookSpecificOutput": {"hookEventName": "PreToolUse", "updatedInput": changed}}
    hook = {"type": "command", "command": f"printf '%s' '{json.dumps(said)}'"}
    waits = ground.begin(f"/post {TALK}")
    ground.decide("accept")
    ground.settings(
        ghost_url=ghost.url,
        hooks={"PreToolUse": [{"matcher": "ghost.draft", "hooks": [hook]}]},
    )

    again = ground.resume(waits)

    assert (again.state, again.waits_for, ghost.writes()) == ("waiting", "approve", [])
    [sending] = ground.waiting().sendings
    assert str(sending["outgoing"]) == shown_text(ghost, words="By a hook.")
    ground.decide("accept")
    assert ground.resume(waits).state == "done"
    assert bodies(ghost) == [(TITLE, "By a hook.")]


@pytest.mark.parametrize("options", [{"is_dry": True}, {"autonomy": "shadow"}])
def test_a_dry_run_and_a_shadow_send_nothing_and_ask_nobody(
    ground: Ground, ghost: FakeGhost, options: dict[str, object]
) -> None:
    ground.procedure("post", TO_GHOST)

    with ground.open() as sitting:
        [*_, last] = sitting.garden.runs.begin("post", TALK, **options)  # type: ignore[arg-type]
        assert isinstance(last, RunChanged)
        assert last.run.state == "done"
        assert sitting.waiting() == []
        assert [effect.state for effect in sitting.garden.outbox.listed()] == (
            [] if "is_dry" in options else ["held"]
        )
        assert len(sitting.garden.runs.list()) == (0 if "is_dry" in options else 1)
    assert ghost.hits == []


def test_a_procedure_nobody_trusts_sends_nothing(ground: Ground, ghost: FakeGhost) -> None:
    ground.procedure("post", TO_GHOST, is_own=False)
    waits = ground.begin(f"/post {TALK}", Company(asker=Presser(lambda _: Yes())))

    assert waits.state == "failed"
    assert waits.reason == (
        'denied: "ghost.draft" sends something out, and this procedure is not one of your own'
    )
    assert (ghost.hits, effects(ground)) == ([], [])


def test_words_of_ones_own_and_of_others_leave_only_when_they_were_shown(
    ground: Ground, ghost: FakeGhost
) -> None:
    # The transcript is private and holds the words of others; a rule lets drafts go unasked.
    steps = f"""\
1. **Read** `document` as `t`
2. **Read** `{NOTES}` as `own`
3. **Set** `both = own.text + t.lines[2]`
4. **Call** `ghost.draft` with `title="A talk", markdown=both, slug="a-talk"` as `d`
5. **Return** `d`
"""
    ground.settings(ghost_url=ghost.url, permissions={"allow": ["ghost.draft"]})
    ground.procedure("post", steps)

    waits = ground.begin(f"/post {TALK}")

    assert (waits.state, waits.waits_for, ghost.writes()) == ("waiting", "approve", [])
    [sending] = ground.waiting().sendings
    assert "The plan leaves us eleven dollars a shop." in str(sending["outgoing"])
    assert "the twelfth time we built it" in str(sending["outgoing"])
    ground.decide("accept")
    assert ground.resume(waits).state == "done"
    assert len(ghost.posts) == 1


def test_a_shadow_of_a_command_that_asks_at_its_call_asks_nobody(
    ground: Ground, ghost: FakeGhost
) -> None:
    ground.procedure("post", TO_GHOST.replace("4. **Approve** ", "4. **Note** ").replace(
        " showing `title, words`", ""), autonomy="shadow")  # fmt: skip

    done = ground.begin(f"/post {TALK}")

    assert (done.state, done.spent.effects, ghost.writes()) == ("done", 0, [])
    with ground.open() as sitting:
        assert sitting.waiting() == []


def test_a_yes_on_record_does_not_go_along_to_another_site(
    ground: Ground, ghost: FakeGhost
) -> None:
    # The yes stands, the site is down; then the person sets up another one.
    ground.procedure("post", TO_GHOST)
    waits = ground.begin(f"/post {TALK}")
    ground.decide("accept")
    ghost.faults.append(Fault("busy"))
    assert ground.resume(waits).waits_for == "outbox"

    with serve_ghost() as other:
        other.now, other.token_now = ghost.now, ghost.token_now
        ground.settings(ghost_url=other.url)
        ground.clock.pass_by(hours=2)
        again = ground.resume(waits)

        assert (again.state, again.waits_for, other.writes()) == ("waiting", "approve", [])


def test_a_shadow_writes_no_file_though_a_rule_allows_it(ground: Ground) -> None:
    steps = TO_GHOST.replace("ghost.draft", "folder.draft")
    ground.settings(permissions={"allow": ["Edit(/drafts/**)", "folder.draft"]})
    ground.procedure("post", steps, autonomy="shadow", risk="internal")

    done = ground.begin(f"/post {TALK}")

    assert done.state == "done"
    assert not (ground.root / "drafts").exists()
