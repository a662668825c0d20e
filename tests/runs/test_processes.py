"""Runs in processes of their own: killed, two at once, on a full disk, and in JSON."""

from __future__ import annotations

import json
import resource
import signal

import pytest

from pmagent.cli import codes
from pmagent.errors import UsageError
from tests.publishers.fake_ghost import FakeGhost, Fault
from tests.runs.grounds import TALK, TO_GHOST, Ground, bodies
from tests.runs.processes import ended, on_real_time, pmagent, wait_until

WORDS = "Two lines about deposits.\n\nThey are asked for up front."
SENT = [("What a deposit does", WORDS)]


@pytest.mark.parametrize("hit", [1, 2, 3])
def test_killed_in_the_midst_of_sending_it_ends_with_one_post_and_no_second_process_may_help(
    ground: Ground, ghost: FakeGhost, hit: int
) -> None:
    on_real_time(ground, ghost)
    ground.procedure("post", TO_GHOST)
    waits = ground.begin(f"/post {TALK}")
    ground.decide("accept")
    # It looks, makes it, and reads it back; each answer takes long enough to be killed in.
    ghost.faults.extend(
        Fault("slow", slow_s=0.01 if number < hit else 3.0, is_any=True)
        for number in range(1, hit + 1)
    )
    child = pmagent(ground, "resume", waits.id)
    assert wait_until(lambda: len(ghost.hits) >= hit, child)

    with pytest.raises(UsageError, match="is being carried on by another process") as caught:
        ground.resume(waits)
    assert f"pmagent cancel {waits.id}" in caught.value.hint

    child.send_signal(signal.SIGKILL)
    assert ended(child)[0] == -signal.SIGKILL
    ghost.faults.clear()
    ground.clock.pass_by(hours=2)
    done = ground.resume(waits)

    assert (done.state, bodies(ghost), len(ghost.posts)) == ("done", SENT, 1)
    assert [row.address for row in ground.rows(done)] == ["1", "2", "3", "4", "5", "6"]


def test_a_run_in_json_names_itself_and_what_it_waits_for(ground: Ground) -> None:
    on_real_time(ground)
    ground.procedure("look", '1. **Read** `document` as `t`\n2. **Approve** "Go on?"\n'
                     "3. **Return** `t.path`\n")  # fmt: skip

    code, said, _ = ended(pmagent(ground, "run", f"/look {TALK}", "--output-format", "json"))

    with ground.open() as sitting:
        [run] = sitting.garden.runs.list()
        [review] = sitting.waiting()
    told = json.loads(said)
    assert code == codes.WAITING
    assert (told["run"]["id"], told["run"]["parent"], told["run"]["review"]) == (
        run.id, "", review.id,
    )  # fmt: skip

    code, said, _ = ended(pmagent(ground, "review", "--json"))
    [listed] = json.loads(said)["data"]["reviews"]
    assert (code, listed["id"], listed["run"]) == (codes.OK, review.id, run.id)

    code, said, _ = ended(pmagent(ground, "review", "accept", review.id, "--json"))
    assert code == codes.OK
    assert run.id in said
    assert ground.resume(run).state == "done"


def test_a_full_disk_is_one_sentence_and_the_run_goes_on_once_there_is_room(
    ground: Ground,
) -> None:
    on_real_time(ground)
    ground.procedure(
        "look", '1. **Approve** "Go on?"\n2. **Read** `document` as `t`\n3. **Return** `t.path`\n'
    )
    waits = ground.begin(f"/look {TALK}")
    ground.decide("accept")
    size = ground.database.stat().st_size

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (min(size, 4_096), min(size, 4_096)))

    code, _, told = ended(pmagent(ground, "resume", waits.id, preexec_fn=full))

    assert code not in {codes.OK, codes.BUG}
    assert "Traceback" not in told
    assert "error: " in told
    assert ground.resume(waits).state == "done"
