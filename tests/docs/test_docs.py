"""The docs say what the code does, no more and no less."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # By a process of its own: click keeps what it was first asked for, whoever asked.
    folder = tmp_path_factory.mktemp("pages")
    subprocess.run([sys.executable, str(TOP / "docs" / "generate.py"), str(folder)], check=True)
    return folder


@pytest.mark.parametrize("name", ["commands.md", "exit-codes.md", "lint.md", "slash-commands.md"])
def test_a_reference_page_is_as_the_code_makes_it(name: str, made_pages: Path) -> None:
    page = (TOP / "docs" / "reference" / name).read_text(encoding="utf-8")

    assert page == (made_pages / name).read_text(encoding="utf-8"), 'run "make docs"'


def test_every_setting_is_in_the_settings_page() -> None:
    from pmagent.config import _PERSON_KEYS  # noqa: PLC0415

    page = (TOP / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE)) == _PERSON_KEYS


def written_pages() -> str:
    """What is written by hand about using it, as one text."""
    pages = [TOP / "README.md", *TOP.glob("docs/guide/*.md"), *TOP.glob("docs/concepts/*.md")]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def test_every_command_that_the_docs_name_is_there(made_pages: Path) -> None:
    from pmagent.cli.main import COMMANDS  # noqa: PLC0415

    page = (made_pages / "slash-commands.md").read_text(encoding="utf-8")
    slash = set(re.findall(r"`/([a-z-]+)", page))
    named = set(re.findall(r"pmagent ([a-z][a-z-]*)", " ".join(code_in(written_pages()))))
    typed = set(re.findall(r"(?<![\w./~}])/([a-z]{3,}[a-z-]*)(?![\w/*.:-])",
                           " ".join(code_in(written_pages()))))  # fmt: skip
    own = {"weekly", "commit", "tone", "longest", "claude", "episode-note"}

    assert named - set(COMMANDS) == set()
    assert typed - slash - own == set()


def test_every_long_flag_that_the_guides_name_is_there() -> None:
    reference = (TOP / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    text = " ".join(code_in(written_pages()))
    named = set(re.findall(r"(?<=[\s`])--[a-z][A-Za-z-]+", text))
    others = {"--jinja", "--oneline", "--save"}

    assert {flag for flag in named - others if flag not in reference} == set()


def test_every_front_matter_key_of_the_guide_is_one_that_is_read() -> None:
    from pmagent.commands.fields import AGENT_KEYS, COMMAND_KEYS  # noqa: PLC0415

    page = (TOP / "docs" / "guide" / "write-a-command.md").read_text(encoding="utf-8")
    _, command, agent = re.split(r"^\| key \| meaning \|$", page, flags=re.MULTILINE)

    assert keys_of(command) - COMMAND_KEYS == set()
    assert keys_of(agent) - AGENT_KEYS == set()


def keys_of(table: str) -> set[str]:
    """The keys in the first column of the table a text begins with."""
    rows = table.strip("\n").split("\n\n")[0].splitlines()
    return {key for row in rows[1:] for key in re.findall(r"`([\w-]+)`", row.split("|")[1])}


def code_in(text: str) -> list[str]:
    """All that stands as code: blocks, and spans between backticks."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return [f" {code} " for code in [*blocks, *re.findall(r"`([^`\n]+)`", rest)]]


@pytest.mark.parametrize(
    "page",
    sorted(p for p in [*TOP.glob("*.md"), *TOP.glob("docs/**/*.md")]),
    ids=lambda page: str(page.relative_to(TOP)),
)
def test_every_link_in_the_docs_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]

    assert [link for link in local if not (page.parent / link).exists()] == []
