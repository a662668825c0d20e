"""Runs that are killed: a program that forks a process for each part of a run, and kills it there.

`python -m tests.procedures.engine.killed FOLDER PLAN` carries out `PLAN`, a JSON list of jobs. Each
job is a folder's name, the procedure, and after how many boundaries its first process is killed
(0: never; below 0: each of its processes is). What it leaves in its folder, a test looks at.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from pmagent.types.runs import Answered, Approved
from tests.procedures.engine.world import World, last, procedure

CHAPTERS = """---
description: Chapters.
arguments: [t]
allowed-tools: card.add
---
## Steps
1. **Set** `words = t.text.split(" ")`
2. **For each** `word` in `words` up to `2`
   1. **Call** `card.add` with `name=word` as `card`
3. **Return** `words`
"""
PUBLISH = """---
description: An episode as a post.
arguments: [transcript]
allowed-tools: Read(notes/**) post.send card.add
metadata:
  key: transcript
  budget: {steps: 80, effects: 20}
---
## Always
- **Note** "It has a number." if `"10" in notes`

## Steps
1. **Read** `transcript` as `t`
2. **Check** `t.words >= 3` else "Too short."
3. **Read** `notes/policy.md` if it exists as `policy`
4. **Run** `/chapters` with `t=t` as `chapters`
5. Write two titles for `t`, as `titles` like `[str]` or offline `draft.titles(t, 2)`
6. **Set** `notes = "Ten percent: 10"`
7. **If** `len(chapters) > 2`
   1. **Note** "{len(chapters)} chapters"
   2. **Call** `text.upper` with `text=notes` as `notes`
8. **Else**
   1. **Set** `notes = ""`
9. **Approve** "Send '{titles[0]}'?" showing `titles, notes`
10. **Call** `post.send` with `title=titles[0], text=notes` as `post`
11. **Switch to** `/announce` with `url=post.url` if `len(titles) == 2`
12. **Stop** "never"
"""
ANNOUNCE = """---
description: Says that it is out.
arguments: [url, titles]
allowed-tools: post.send
metadata:
  key: url
---
## Steps
1. **Ask** "Whom to tell?" as `names` like `[str] 2`
2. **For each** `name` in `names` up to `5`
   1. **Call** `post.send` with `title=name, text=url` as `sent`
   2. **Wait** until `0`
3. **Return** `{"url": url, "to": names, "titles": titles}`
"""
TRIAGE = """---
description: Feedback to cards.
arguments: [since]
allowed-tools: Read(notes/**) card.add
metadata:
  key: since
  budget: {steps: 200, effects: 20}
---
## Steps
1. **Set** `themes = []`
2. **Find** `"export"` in `notes/**` as `found`
3. **Code** as `clusters`
   ```python
   [{"name": "c%d" % n, "size": n} for n in range(4)]
   ```
4. **For each** `c` in `clusters` up to `3`
   1. **If** `c.size % 2 == 0`
      1. **Call** `text.upper` with `text=c.name` as `name`
   2. **Else**
      1. **Ask** "What is {c.name}?" as `name` like `str`
   3. **Set** `themes = themes + [{"name": name, "hits": len(found.hits)}]`
5. **Approve** "Put {len(themes)} themes on the board?" showing `themes`
6. **For each** `th` in `themes` up to `25`
   1. **Call** `card.add` with `name=th.name` as `card`
   2. **Note** "{th.name} is on the board"
7. **Return** `{"themes": themes}`
"""
JOBS = {"publish": (PUBLISH, "notes/ep.md"), "triage": (TRIAGE, "2026-11-01")}


def make_world(root: Path, kill_after: int = 0) -> World:
    """A world whose process is killed at the boundary of that number."""
    passed = itertools.count(1)

    def failpoint(place: str, address: str) -> None:
        number = next(passed)
        (root / "boundaries").write_text(str(number))
        if number == kill_after:
            os.kill(os.getpid(), signal.SIGKILL)

    world = World(
        root,
        commands={"chapters": CHAPTERS, "announce": ANNOUNCE},
        replies={
            "Send": Approved(edits={"notes": "Edited: 10"}),
            "Whom": Answered(value=["Ana", "Tom"]),
            "What": Answered(value="odd"),
            "Put": Approved(),
            "card.add": Approved(),
            "post.send": Approved(),
        },
        failpoint=failpoint,
    )
    world.calls.is_asking = True
    world.documents.add("notes/ep.md", "pricing export walrus")
    return world


def carry_on(root: Path, job: str, kill_after: int) -> None:
    """Begin the job's run, or go on with it."""
    world = make_world(root, kill_after)
    text, argument = JOBS[job]
    first = world.records.get("r1")
    if first is None:
        whole = procedure(text, job)
        last(world.engine.start(whole, {whole.arguments[0]: argument}))
    else:
        world.resume("r1")
    world.close()


def in_child(work: Callable[[], None]) -> int:
    """Do it in a process of its own; how that ended."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as exc:  # noqa: BLE001 - the parent must hear of it
            sys.stderr.write(f"{exc!r}\n")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(folder: Path, plan: list[tuple[str, str, int]]) -> None:
    """Carry out the plan; one line a job: how many processes it took."""
    for name, job, kill_after in plan:
        root = folder / name
        root.mkdir(parents=True)
        processes = 1
        while (code := in_child(lambda: carry_on(root, job, abs(kill_after)))) != 0:  # noqa: B023
            if code != -signal.SIGKILL or processes > 500:
                raise SystemExit(f"{name}: a process ended with {code}")
            processes += 1
            kill_after = min(0, kill_after)
        sys.stdout.write(f"{name} {processes}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
