"""What each step does, and how a run ends."""

from __future__ import annotations

from typing import Any

import pytest

from pmagent.errors import UsageError
from pmagent.procedures.engine.outcomes import cause_of
from pmagent.procedures.engine.terms import Terms
from pmagent.types.runs import Answered, Rejected, TakenOver
from tests.procedures.engine.world import MakeWorld, World, last, procedure


def test_a_run_reads_works_out_and_returns_its_result(world: World) -> None:
    world.documents.add("notes/plan.md", "ship the export in May")

    run = world.run(
        """
1. **Read** `notes/plan.md` as `t`
2. **Call** `text.upper` with `text=t.text` as `loud`
3. **Set** `size = len(loud.split(" "))`
4. **Code** as `minutes`
   ```python
   max(1, size // 200)
   ```
5. **Return** `{"loud": loud, "size": size, "minutes": minutes}`
"""
    )

    assert (run.state, run.reason) == ("done", "")
    assert run.result == {"loud": "SHIP THE EXPORT IN MAY", "size": 5, "minutes": 1}
    assert world.path(run.id) == [
        "1 Read", "2 Call text.upper", "3 Set", "4 Code", "5 Return",
    ]  # fmt: skip
    assert run.spent.steps == 5


def test_each_branch_is_chosen_by_its_condition_and_why_is_on_record(world: World) -> None:
    text = """
1. **If** `n > 5`
   1. **Set** `size = "large"`
2. **Else if** `n > 2`
   1. **Set** `size = "medium"`
3. **Else**
   1. **Set** `size = "small"`
4. **Return** `size`
"""
    whole = f"---\ndescription: Sizes.\narguments: [n]\n---\n## Steps\n{text}"

    runs = [world.run(whole, n=n) for n in (9, 3, 1)]

    assert [run.result for run in runs] == ["large", "medium", "small"]
    assert [world.records.steps(run.id)[0].detail for run in runs] == [
        "n > 5: yes (n = 9)",
        "n > 5: no (n = 3); n > 2: yes (n = 3)",
        "n > 5: no (n = 1); n > 2: no (n = 1); else",
    ]
    assert [world.records.steps(run.id)[1].address for run in runs] == ["1.1", "2.1", "3.1"]


def test_a_loop_goes_over_as_many_as_its_bound_and_says_what_it_left_out(world: World) -> None:
    run = world.run(
        """
1. **Set** `seen = []`
2. **For each** `c` in `["a", "b", "c", "d"]` up to `3`
   1. **For each** `n` in `[1, 2]` up to `2`
      1. **Set** `seen = seen + [c + str(n)]`
3. **Return** `seen`
"""
    )

    assert run.result == ["a1", "a2", "b1", "b2", "c1", "c2"]
    assert run.notes == (
        '1 of 4 in ["a", "b", "c", "d"] were left out: step 2 goes over 3 at most',
    )
    assert world.path(run.id)[2:5] == ["2[1].1 For each", "2[1].1[1].1 Set", "2[1].1[2].1 Set"]


def test_a_check_that_fails_blocks_the_run_with_its_message(world: World) -> None:
    world.documents.add("a.md", "too short")

    run = world.run(
        """
1. **Read** `a.md` as `t`
2. **Check** `t.words >= 300` else "Too short to publish ({t.words} words)."
3. **Stop** "never"
"""
    )

    assert (run.state, run.reason) == ("blocked", "Too short to publish (2 words).")
    assert world.path(run.id) == ["1 Read", "2 Check"]


def test_a_file_that_may_be_missing_is_none_and_one_that_must_be_there_fails(world: World) -> None:
    may = world.run("1. **Read** `policy.md` if it exists as `p`\n2. **Return** `p == None`\n")
    must = world.run("1. **Read** `policy.md` as `p`\n2. **Return** `p`\n")

    assert (may.state, may.result) == ("done", True)
    assert (must.state, must.reason) == ("failed", 'there is no "policy.md"')


def test_what_the_walls_refuse_ends_the_run_denied(world: World) -> None:
    run = world.run("1. **Read** `private/diary.md` as `p`\n")

    assert (run.state, cause_of(run)) == ("failed", "denied")
    assert "refused by the walls" in run.reason


def test_a_procedure_never_reaches_beyond_its_own_allowed_tools(world: World) -> None:
    front = "---\ndescription: Narrow.\narguments: [path]\nallowed-tools: Read(notes/**)\n---\n"
    world.documents.add("notes/a.md", "pricing")
    world.documents.add("other/b.md", "pricing")
    read = front + "## Steps\n1. **Read** `path` as `t`\n2. **Return** `t.path`\n"
    send = front + '## Steps\n1. **Call** `post.send` with `title="x"`\n'
    find = front + '## Steps\n1. **Find** `"pricing"` in `**` as `f`\n2. **Return** `f.hits`\n'

    inside, outside, climbing = (
        world.run(read, path=path) for path in ("notes/a.md", "other/b.md", "notes/../other/b.md")
    )

    assert inside.result == "notes/a.md"
    assert [cause_of(run) for run in (outside, climbing)] == ["denied", "denied"]
    assert world.documents.asked == ["notes/a.md"]
    assert cause_of(world.run(send)) == "denied"
    assert world.calls.effects() == []
    found: Any = world.run(find).result
    assert [hit["path"] for hit in found] == ["notes/a.md"]


def test_a_result_that_is_not_as_promised_fails_with_what_is_wrong(world: World) -> None:
    front = '---\ndescription: Promises.\nmetadata:\n  output: "{n: int, s: str}"\n---\n## Steps\n'

    run = world.run(front + '1. **Return** `{"n": "one"}`\n')

    assert run.state == "failed"
    assert "n is" in run.reason
    assert "s is missing" in run.reason or '"s"' in run.reason or "s " in run.reason


def test_a_hand_off_leaves_a_note_with_what_there_is(world: World) -> None:
    run = world.run(
        """
1. **Set** `claims = ["40 % are mature", "10 % report it"]`
2. **Note** "{len(claims)} claims, see below"
3. **Hand off** "A claim is contradicted." showing `claims`
"""
    )

    assert (run.state, run.reason) == ("handed_off", "A claim is contradicted.")
    assert run.notes == (
        "2 claims, see below",
        "A claim is contradicted.",
        'the note is in "drafts/r1.note.md"',
    )
    note = (world.root / "r1.note.md").read_text(encoding="utf-8")
    assert "- 40 % are mature" in note
    assert "2 claims, see below" in note
    assert "- 1 Set as `claims`" in note


def test_always_rules_are_checked_after_every_step_and_skipped_while_they_lack_names(
    world: World,
) -> None:
    run = world.run(
        """---
description: Watches.
---
## Always
- **Hand off** "It is under embargo." if `"embargo" in t`
- **Note** "watched" if `a > 0`

## Steps
1. **Set** `a = 1`
2. **Set** `t = "an embargo until May"`
3. **Set** `b = 1`
"""
    )

    assert (run.state, run.reason) == ("handed_off", "It is under embargo.")
    assert world.path(run.id) == ["1 Set", "1+A2 Note", "2 Set", "2+A1 Hand off"]
    assert run.notes[:2] == ("watched", "It is under embargo.")


def test_the_person_is_asked_until_the_answer_has_its_type(make_world: MakeWorld) -> None:
    world = make_world(replies={"How big": [Answered(value="huge"), Answered(value="small")]})

    run = world.run('1. **Ask** "How big?" as `size` like `small|large`\n2. **Return** `size`\n')

    assert run.result == "small"
    assert [question.address for question in world.person.asked] == ["1", "1~2"]
    assert "huge" in world.person.asked[1].problems[0]


def test_a_no_to_a_question_blocks_and_taking_over_hands_off(make_world: MakeWorld) -> None:
    ask = '1. **Ask** "How big?" as `size` like `int`\n'

    no = make_world(replies={"How": Rejected(note="ask Tom")}).run(ask)
    mine = make_world(replies={"How": TakenOver()}).run(ask)

    assert (no.state, no.reason) == ("blocked", "ask Tom")
    assert (mine.state, mine.reason) == ("handed_off", "a person does the rest")


def test_a_fault_in_an_expression_ends_the_run_and_says_which(world: World) -> None:
    run = world.run("1. **Set** `a = 1`\n2. **If** `a.b > 1`\n   1. **Set** `c = 1`\n")

    assert run.state == "failed"
    assert "a.b > 1" in run.reason


def test_a_dry_run_tells_the_path_and_does_nothing(world: World) -> None:
    text = """
1. **Set** `title = "Hello"`
2. Write a line for `title`, as `line` like `str 5..80`
3. **Approve** "Send?" showing `line`
4. **Call** `post.send` with `title=title, text=line` as `post`
5. **Wait** until `3600`
6. **Return** `post`
"""
    whole = f"---\ndescription: Dry.\nallowed-tools: post.send\n---\n## Steps\n{text}"

    run = world.run(whole, Terms(is_dry=True))

    assert run.state == "done"
    assert world.calls.effects() == []
    assert world.person.asked == []
    assert world.path(run.id)[-3:] == ["4 Call post.send", "5 Wait", "6 Return"]


def test_arguments_that_do_not_fit_and_broken_files_are_refused_before_anything(
    world: World,
) -> None:
    broken = procedure("1. **Reed** `a.md` as `t`\n")

    with pytest.raises(UsageError, match="speed"):
        world.run('1. **Stop** "x"\n', speed=1)
    with pytest.raises(UsageError, match=r"job\.md"):
        world.engine.start(broken, {})
    assert world.records.list() == ()


def test_steps_are_told_as_they_are_done_and_measured(world: World) -> None:
    events = list(world.engine.start(procedure('1. **Set** `a = 1`\n2. **Stop** "so"\n'), {}))

    assert [type(event).__name__ for event in events] == [
        "RunChanged", "StepBegan", "StepEnded", "StepBegan", "StepEnded", "RunChanged",
    ]  # fmt: skip
    assert world.tracing.told == ["run r1", "1 Set done", "2 Stop done"]
    assert last(iter(events)).spent.ms == 200
