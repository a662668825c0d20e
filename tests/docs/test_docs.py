"""The docs say what the code does, no more and no less."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

TOP = Path(__file__).parents[2]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", TOP / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["commands.md", "exit-codes.md"])
def test_a_reference_page_is_as_the_code_makes_it(name: str) -> None:
    page = (TOP / "docs" / "reference" / name).read_text(encoding="utf-8")

    assert page == generator().PAGES[name](), 'run "make docs"'


def test_every_setting_is_in_the_settings_page() -> None:
    from pmagent.config import _PERSON_KEYS  # noqa: PLC0415

    page = (TOP / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE)) == _PERSON_KEYS


@pytest.mark.parametrize(
    "page",
    sorted(p for p in [*TOP.glob("*.md"), *TOP.glob("docs/**/*.md")]),
    ids=lambda page: str(page.relative_to(TOP)),
)
def test_every_link_in_the_docs_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]

    assert [link for link in local if not (page.parent / link).exists()] == []
