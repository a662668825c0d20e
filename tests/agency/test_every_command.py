"""Every shipped command works without a key, and says the same when it is run again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmagent.cli.headless import Errand, Nobody, carry_out
from pmagent.cli.prompt_mode import who_answers
from pmagent.garden import Garden
from pmagent.types.conversing import Opening

ARGUMENTS = {
    "where": "pricing",
    "ask": "is pricing a promise?",
    "digest": "ep-041",
    "quotes": "pricing",
    "related": "pricing",
    "zettel": "ep-041",
    "interview-guide": "pricing",
    "prd": "pricing",
    "rename": "Pricing talk",
    "read": "notes/pricing.md",
    "model": "offline",
    "index": "words",
    "kit": "ep-041",
    "titles": "ep-041",
    "description": "ep-041",
    "chapters": "ep-041",
    "show-notes": "ep-041",
    "mentions": "ep-041",
    "check": "notes/pricing.md",
    "publish-episode": "transcripts/ep-041.md",
    "legal-review": "transcripts/ep-041.md",
    "check-before-publish": "notes/pricing.md",
    "prior-art": "is pricing a promise",
    "weekly-review": "2026-W05",
    "triage-feedback": "2026-01",
    "add": "Ring Ruth est:1h",
    "done": "Ring Ruth",
    "today": "2026-02-02",
    "standup": "2026-02-02",
    "week": "2026-W06",
    "look-back": "2026-W06",
    "plan": "2026-W06",
}
"""What a command is given that asks for something; all others are run bare."""
CODES = {"init": {5}, "fork": {2}, "prior-art": {10}, "add": {5}, "done": {2}}
"""`/init`, `/add` and `/prior-art` ask before they write, and nobody is there: the first are
refused, the last waits. A talk that is empty cannot be forked, and no card is there to finish."""
ENDS_WELL = {0, 1}
"""Done, or done with nothing to tell."""
REAL_NUMBERS = re.compile(r"#[0-9a-f]+\b|\b[0-9a-f]{12}\b|\([2-9b-z]{8}\)|\d[\d,.:]*")
"""Ids among them: those of sessions, undo points and reviews."""


@pytest.fixture
def small(root: Path) -> Iterator[Garden]:
    with Garden.create(root) as garden:
        garden.index(meaning=False)
        yield garden


def run(garden: Garden, line: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    nobody, opening = Nobody(), Opening(is_kept=False, is_attended=False)
    garden.set_asker(nobody)
    talk = garden.converse(opening)
    code = carry_out(Errand(text=line), talk, nobody, who_answers(talk, garden, opening))
    garden.end_conversation()
    seen = capsys.readouterr()
    return code, seen.out, seen.err


def files_of(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file())
    told = {str(path): path.read_bytes() for path in found if ".pmagent" not in path.parts}
    # A sandbox that still runs covers protected names with empty files until it ends.
    return {path: data for path, data in told.items() if data}


def test_every_command_runs_without_a_key_and_says_the_same_twice(
    small: Garden, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(small.root)
    names = [row.name for row in small.converse(Opening(is_kept=False)).commands()]
    small.end_conversation()
    odd: list[str] = []

    for name in names:
        line = f"/{name} {ARGUMENTS.get(name, '')}".strip()
        first, again = (run(small, line, capsys) for _ in range(2))
        shown = [(code, REAL_NUMBERS.sub("0", out)) for code, out, _ in (first, again)]
        if shown[0] != shown[1] or first[0] not in CODES.get(name, ENDS_WELL):
            odd.append(f"{line}: {first} then {again}")

    assert set(ARGUMENTS) <= set(names)
    assert odd == []
    assert files_of(small.root) == before


@pytest.mark.parametrize("line", ["/quotes capital of Mongolia", "/related capital of Mongolia"])
def test_a_command_that_finds_nothing_ends_with_code_1(
    small: Garden, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    code, out, err = run(small, line, capsys)

    assert code == 1
    assert out
    assert "warning: " in err


def test_a_persons_own_command_may_take_the_name_of_a_job_but_not_of_the_application(
    small: Garden, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.root / ".pmagent" / "commands"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("check", "status"):
        (folder / f"{name}.md").write_text(f"My own way to {name} things.\n", encoding="utf-8")

    assert "My own way to check things." in run(small, "/check ep-041", capsys)[1]
    assert "My own way" not in run(small, "/status", capsys)[1]
