"""What the owner of a garden calls canonical counts for more; where others differ is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmagent.garden import Garden
from pmagent.types import Answer, Query

TRIAL = "How long is the trial of the paid plan?"


def ask(root: Path) -> Answer:
    with Garden.create(root) as garden:
        garden.index(meaning=False)
        reply = garden.ask(garden.search(Query(text=TRIAL)))
    assert isinstance(reply, Answer)
    return reply


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "garden"
    (root / "specs").mkdir(parents=True)
    (root / "notes").mkdir()
    (root / "notes" / "trial.md").write_text(
        "# Trial\n\nThe trial of the paid plan lasts 30 days.\n", encoding="utf-8"
    )
    (root / "specs" / "plans.md").write_text(
        "# Plans\n\nThe trial of the paid plan lasts 14 days.\n", encoding="utf-8"
    )
    for number, word in enumerate(("harbour", "kettle", "lantern", "meadow", "needle", "orchard")):
        text = (
            f"# {word.title()}\n\nThe {word} was painted green in the spring of {2000 + number}.\n"
        )
        (root / "notes" / f"{word}.md").write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("canonical", ["specs/plans.md", "notes/trial.md"])
def test_the_canonical_source_stands_first_and_the_difference_is_said(
    root: Path, canonical: str
) -> None:
    (root / "AGENTS.md").write_text(
        f"# Here\n\n## Canonical sources\n\n- `{canonical}`\n", encoding="utf-8"
    )

    reply = ask(root)

    assert reply.sentences[0].citation.path == canonical
    [difference] = reply.differences
    assert difference.startswith("the canonical source says")
    assert "30 days" in difference
    assert "14 days" in difference


def test_where_nothing_is_canonical_nothing_is_said_to_differ(root: Path) -> None:
    assert ask(root).differences == ()
