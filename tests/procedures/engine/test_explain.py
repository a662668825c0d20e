"""A run is told so that a person sees what was done, why, by whom and what to do now."""

# ruff: noqa: ARG002 - what stands in for a port takes all that the port takes
from __future__ import annotations

from decimal import Decimal

from pmagent.procedures.engine.explain import explain
from pmagent.procedures.engine.ports import Here, Writing, Written
from pmagent.types.runs import Spent
from tests.procedures.engine.world import MakeWorld

TEXT = """---
description: An episode.
arguments: [transcript]
allowed-tools: Read(notes/**) post.send
---
## Steps
1. **Read** `transcript` as `t`
2. **If** `t.words > 100`
   1. **Stop** "long"
3. Write a title for `t`, as `title` like `str 5..80`
4. **Approve** "Send '{title}'?" showing `title`
5. **Call** `post.send` with `title=title` as `post`
"""


class Model:
    def write(self, writing: Writing, here: Here) -> Written:
        spent = Spent(tokens=1200, usd=Decimal("0.003"))
        return Written(value="On pricing", spent=spent, assumptions=("it is in English",))


def test_a_waiting_run_is_told_step_by_step_to_the_command_that_goes_on(
    make_world: MakeWorld,
) -> None:
    world = make_world(writer=Model())
    world.documents.add("notes/ep.md", "pricing is a promise")
    run = world.run(TEXT, transcript="notes/ep.md")

    told = explain(run, world.records.steps(run.id))

    assert told == (
        "/job about notes/ep.md: run r1, begun 2026-11-23 12:00 (assist)\n"
        "  1 Read as t: notes/ep.md, 4 words\n"
        "  2 If (passed over): t.words > 100: no (t.words = 4)\n"
        "  3 model as title: by the model; 1,200 tokens, 0.0030 USD; assuming it is in English\n"
        "It waits for a yes or a no: Send 'On pricing'?\n"
        "Used: 2 steps, 0.2 s of work, 1,200 tokens, 0.0030 USD\n"
        "Next: pmagent review\n"
    )


def test_a_run_that_has_ended_has_nothing_to_go_on_with(make_world: MakeWorld) -> None:
    world = make_world()

    run = world.run('1. **Note** "see below"\n2. **Check** `1 > 2` else "no"\n')

    assert explain(run, world.records.steps(run.id)).splitlines()[1:] == [
        "  1 Note: see below",
        "  2 Check (ended here): 1 > 2: no",
        "It is blocked: no",
        "Note: see below",
        "Used: 2 steps, 0.2 s of work",
    ]
