from __future__ import annotations

from pathlib import Path

import pytest

from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.types.conversing import Opening
from pmagent.types.turns import Said, ToolEnded


def test_a_file_is_replayed_as_a_model(garden: Garden, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(
        '[{"uses": [["Read", {"file_path": "notes/pricing.md"}]]}, {"text": "Outcomes."}]',
        encoding="utf-8",
    )
    garden.index(meaning=False)
    talk = garden.converse(Opening(model=f"scripted:{script}"))

    events = list(talk.submit("where does pricing go?"))

    assert [event.tool for event in events if isinstance(event, ToolEnded)] == ["Read"]
    assert "".join(event.text for event in events if isinstance(event, Said)) == "Outcomes."


@pytest.mark.parametrize("text", ["{}", "not json", '[{"says": "x"}]'])
def test_what_is_no_replay_is_refused_with_an_example(
    garden: Garden, tmp_path: Path, text: str
) -> None:
    script = tmp_path / "script.json"
    script.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match="is no replay") as caught:
        garden.converse(Opening(model=f"scripted:{script}"))

    assert "write a list" in caught.value.hint
