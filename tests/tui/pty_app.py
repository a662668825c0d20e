"""Shows the application on a real terminal over a garden whose every word is given: for tests.

`python -m tests.tui.pty_app hostile` puts the payloads wherever content is shown, `harmless` puts
plain words there instead.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from pmagent.tui.app import PmagentApp
from pmagent.types import FileState
from pmagent.types.actions import Ask, AuditEntry, Decision, Done, Rule, Source, ToolCall
from pmagent.types.rights import GardenRights, RightRow, Untrusted
from tests.tui.small_garden import SmallDesktop, SmallDoor, SmallGarden, SmallMemory
from tests.tui.small_walls import AT, ask_about

PAYLOADS: tuple[str, ...] = (
    "\x1b]52;c;ZXZpbA==\x07",  # the clipboard
    "\x1b]0;a title\x07",
    "\x1b]8;;http://evil.test\x1b\\click\x1b]8;;\x1b\\",
    "\x1b[2J",
    "\x1b[6n",  # a question that the terminal would answer on its input
    "\x1b[3;7H",
    "\x1b[9A\x1b[9D",
    "\x1b[8m",
    "\x1b[?1049l",
    "\x1bP1$r0m\x1b\\",
    "\x1bPq#0;2;0;0;0#0~~\x1b\\",  # a sixel picture
    "\x1b_Gf=100;AAAA\x1b\\",  # a picture of kitty's
    "\x9b2J",
    "\x9d52;c;ZXZpbA==\x9c",
    "\x1bc",
    "\x07\x07\x07\x07",
    "abc\b\b\bxyz",
    "safe\rgone",
    "\u202egnp.exe\u2066\u200b\u200d\u2060",
    "\U000e0041\U000e0042\u2028\u2029\x85",
    "a" + "\u0301" * 60,
    "[@click=app.quit()]q[/] [link=http://evil.test]l[/link] [red]x[/blue]",
)
assert len(PAYLOADS) == 22
HOSTILE = " ".join(f"m{number}{payload}n{number}" for number, payload in enumerate(PAYLOADS))
HARMLESS = " ".join(f"m{number}n{number}" for number in range(len(PAYLOADS)))
ROWS, COLUMNS = 60, 240


def garden_of(words: str) -> SmallGarden:
    """A garden in which `words` stand wherever content is shown."""
    path = f"notes/{words.replace('/', '-')}.md"
    garden = SmallGarden({path: ("2024-05-01", f"seat {words}\n{words}")}, root=Path(f"/g/{words}"))
    garden.files = (FileState(path=path, state="failed", reason=words),)
    garden.notes = (words,)
    rule = Rule(effect="ask", tool="Bash", spec=words, layer="project",
                source=Source(path=words, line=3))  # fmt: skip
    decision = Decision(effect="ask", reason=words, rule=rule)
    row = RightRow(effect="allow", rule_text=f"Read({words})", layer="project",
                   source_text=words, is_dead_because=words)  # fmt: skip
    garden.rights = GardenRights(
        level=garden.rights.level, rows=(row,), sandbox_says=words, faults=(words,),
        untrusted=(Untrusted(path=words, digest=words, says=words),),
    )  # fmt: skip
    garden.decisions = {("Read", "x"): decision}
    garden.trail = (
        AuditEntry(seq=1, at=AT, kind="decision", call_id=words, by=words, tool=words,
                   verdict=words, subject=words, reason=words, rule=words, session=words),
    )  # fmt: skip
    garden.state = ("tampered", words)
    garden.change(path, f"one\n{words}\n".encode("utf-8", "replace"))
    garden.points[0] = replace(garden.points[0], summary=words, by=words)
    garden.outcomes["out"] = Done(text=f"{words}\n{words}")
    garden.asks["card"] = _ask(words, decision, garden)
    return garden


def _ask(words: str, decision: Decision, garden: SmallGarden) -> Ask:
    call = ToolCall(id=words, tool="Bash", input={}, by=words, why=words)
    changes = tuple(garden.states["c001"])
    return replace(
        ask_about("card", call), id=words, title=f"RUN {words}", body=f"{words}\n{words}",
        risk=words, decision=decision, grant=words, changes=changes,
    )  # fmt: skip


def main() -> None:
    """Run until it is left."""
    words = HOSTILE if sys.argv[1] == "hostile" else HARMLESS
    app = PmagentApp(
        SmallDoor(garden_of(words)),
        memory=SmallMemory(),
        desktop=SmallDesktop(program="a clipboard"),
        environment={"TERM": os.environ["TERM"]},
    )
    try:
        app.run()
    finally:
        app.desk.close()
    if app.failure is not None:
        raise app.failure


if __name__ == "__main__":
    main()
