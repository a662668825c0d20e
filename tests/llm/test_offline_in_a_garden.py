"""The offline model with the real tools: what it says stands in the files it cites."""

from __future__ import annotations

import re

from pmagent.agent.tool_answers import answer_of
from pmagent.garden import Garden
from pmagent.llm.offline import OfflineModel
from pmagent.types.actions import Done
from pmagent.types.talk import Message, ModelRequest, Stopped, Text, ToolSpec

CITED = re.compile(
    r'^- (?:.+, )?\d{4}-\d\d-\d\d: "(?P<quote>.+)" \[(?P<path>[^:\]]+):(?P<line>\d+)\]'
)


def ask(garden: Garden, text: str, *tools: str) -> str:
    messages = [Message(role="user", parts=(Text(text=text),))]
    specs = tuple(ToolSpec(name=name, description="", schema={}) for name in tools)
    for _ in range(5):
        request = ModelRequest(system="You are pmagent.", messages=messages, tools=specs)
        *_, last = OfflineModel().stream(request)
        assert isinstance(last, Stopped)
        if not last.message.uses:
            return last.message.text
        outcomes = [(use, garden.perform(use.tool, use.input)) for use in last.message.uses]
        answers = tuple(answer_of(use, outcome) for use, outcome in outcomes)
        messages += [last.message, Message(role="user", parts=answers)]
    raise AssertionError("it goes on for ever")


def test_every_quote_of_a_search_stands_in_the_cited_line(garden: Garden) -> None:
    garden.index(meaning=False)

    said = ask(garden, "what did we say about pricing?", "Search")

    cited = [found for line in said.splitlines() if (found := CITED.match(line))]
    assert cited
    for found in cited:
        lines = (garden.root / found["path"]).read_text(encoding="utf-8").splitlines()
        around = " ".join(lines[int(found["line"]) - 1 :])
        assert found["quote"] in re.sub(r"[\[\]]", "", around)  # a link is shown by its name


def test_what_the_archive_never_says_is_not_answered(garden: Garden) -> None:
    garden.index(meaning=False)

    said = ask(garden, "what did we decide about submarines?", "Search")

    assert not said.startswith("- ")
    assert "The archive" in said


def test_a_where_map_knows_the_place_date_and_certainty_of_each_quote(garden: Garden) -> None:
    garden.index(meaning=False)

    outcome = garden.perform("Where", {"query": "pricing"})

    assert isinstance(outcome, Done)
    rows = outcome.data["hits"]
    assert isinstance(rows, list)
    assert rows
    for row in rows:
        assert isinstance(row, dict)
        assert {"theme", "quote", "source", "path", "line", "time", "speaker", "date"} <= set(row)
        assert row["source"] == f"{row['path']}:{row['line']}"
    assert isinstance(outcome.data["confidence"], float)
    assert isinstance(outcome.data["threshold"], float)
