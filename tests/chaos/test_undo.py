"""What an agent does to a garden can be taken back to the last bit; a person's work stays."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from pmagent.errors import JournalError
from tests.chaos.effects import LONG, do_one, files_of, fill, text
from tests.journal.lab import Lab, Tree, opened

EFFECTS = 500 if LONG else 30
TOKEN = re.compile(rb"MINE-\d+")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2])
def test_effects_undone_one_by_one_lead_back_through_every_state(tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    with opened(tmp_path) as lab:
        fill(lab, rng)
        made: list[tuple[str, Tree]] = []
        while len(made) < EFFECTS:
            before = lab.tree()
            point = do_one(lab, rng)
            if point is not None:
                made.append((point.id, before))

        for point_id, before in reversed(made):
            lab.journal.undo(point_id)
            assert lab.tree() == before


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [3, 4])
def test_effects_undone_at_once_lead_back_to_the_first_state(tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    with opened(tmp_path) as lab:
        fill(lab, rng)
        before = lab.tree()
        first = ""
        for _ in range(EFFECTS):
            point = do_one(lab, rng)
            first = first or (point.id if point else "")
        after = lab.tree()

        done = lab.journal.rewind(first, including=True)
        assert lab.tree() == before

        lab.journal.undo(done.id)
        assert lab.tree() == {path: entry for path, entry in after.items() if entry[0] != "link"}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [5, 6, 7])
def test_what_a_person_wrote_in_between_is_never_lost(tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    with opened(tmp_path) as lab:
        fill(lab, rng)
        points: list[str] = []
        for number in range(EFFECTS):
            point = do_one(lab, rng)
            points += [point.id] if point else []
            if number % 3 == 0:
                edit_by_hand(lab, rng, b"MINE-%d\n" % number)
        refused = 0

        for point_id in reversed(points):
            tokens, before = tokens_of(lab), lab.tree()
            try:
                lab.journal.undo(point_id)
            except JournalError:
                refused += 1
                assert lab.tree() == before
            assert tokens <= tokens_of(lab)

        assert refused < len(points)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [8, 9])
def test_a_rewind_over_a_persons_edits_keeps_them_or_does_nothing(
    tmp_path: Path, seed: int
) -> None:
    rng = Random(seed)
    with opened(tmp_path) as lab:
        fill(lab, rng)
        for round_ in range(EFFECTS // 10):
            points = [point.id for _ in range(4) if (point := do_one(lab, rng))]
            edit_by_hand(lab, rng, b"MINE-%d\n" % round_)
            points += [point.id for _ in range(4) if (point := do_one(lab, rng))]
            tokens, before = tokens_of(lab), lab.tree()
            try:
                lab.journal.rewind(points[0], including=True)
            except JournalError:
                assert lab.tree() == before
            assert tokens <= tokens_of(lab)


def edit_by_hand(lab: Lab, rng: Random, token: bytes) -> None:
    files = files_of(lab)
    place = lab.root / rng.choice(files) if files else lab.root / "mine.md"
    lines = place.read_bytes().splitlines(keepends=True) if files else [text(rng)]
    lines.insert(rng.randrange(len(lines) + 1), b"\n" + token)
    place.write_bytes(b"".join(lines))


def tokens_of(lab: Lab) -> set[bytes]:
    return {token for entry in lab.tree().values() for token in TOKEN.findall(entry[2])}
