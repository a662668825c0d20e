"""A person's own settings of models: what is taken, what is refused, what writing leaves alone."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from pmagent.config import Settings, read_own_settings, read_settings, write_own_setting
from pmagent.errors import SettingsError
from pmagent.paths import Homes

MODEL_KEYS = {
    "models": {"fast": "claude-haiku-4-5", "draft": "fast"},
    "default-model": "draft",
    "base-url": "http://localhost:11434",
    "budget-usd": 0.25,
    "arg-base": 0,
    "max-steps": 12,
}


@pytest.fixture
def homes(tmp_path: Path) -> Homes:
    return Homes(data=tmp_path / "d", config=tmp_path / "c", cache=tmp_path / "k")


def write(homes: Homes, section: object) -> Path:
    homes.config.mkdir(parents=True, exist_ok=True)
    path = homes.config / "settings.json"
    path.write_text(json.dumps({"permissions": {}, "pmagent": section}), encoding="utf-8")
    return path


def test_what_a_person_sets_of_models_is_read(homes: Homes) -> None:
    write(homes, MODEL_KEYS)

    assert read_own_settings(homes) == Settings(
        models={"fast": "claude-haiku-4-5", "draft": "fast"},
        default_model="draft",
        base_url="http://localhost:11434",
        budget_usd=Decimal("0.25"),
        arg_base=0,
        max_steps=12,
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://blog.example.org/", "https://blog.example.org"),
        ("https://example.org/blog", "https://example.org/blog"),
        ("http://127.0.0.1:2368", "http://127.0.0.1:2368"),
        ("", ""),
    ],
)
def test_a_site_is_reached_encrypted_or_on_this_computer(
    homes: Homes, typed: str, kept: str
) -> None:
    write(homes, {"ghost-url": typed})

    assert read_own_settings(homes).ghost_url == kept


@pytest.mark.parametrize("key", sorted(MODEL_KEYS))
def test_a_garden_may_say_nothing_of_models(homes: Homes, tmp_path: Path, key: str) -> None:
    root = tmp_path / "garden"
    (root / ".pmagent").mkdir(parents=True)
    text = json.dumps({"pmagent": {key: MODEL_KEYS[key]}})
    (root / ".pmagent" / "settings.json").write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError) as told:
        read_settings(root, homes)

    assert told.value.hint == f'"{key}" is read from your own settings only, never from a garden'


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("models", []),
        ("models", {"Fast": "m"}),
        ("models", {"offline": "m"}),
        ("models", {"fast": ""}),
        ("models", {"fast": "a b"}),
        ("models", {"fast": 3}),
        ("default-model", ""),
        ("default-model", 3),
        ("base-url", 3),
        ("budget-usd", 0),
        ("budget-usd", "1"),
        ("budget-usd", True),
        ("arg-base", 2),
        ("arg-base", True),
        ("arg-base", "1"),
        ("max-steps", 0),
        ("max-steps", 1.5),
        ("max-steps", True),
        ("ghost-url", 3),
        ("ghost-url", "blog.example.org"),
        ("ghost-url", "http://blog.example.org"),
        ("ghost-url", "https://user:pass@blog.example.org"),
    ],
)
def test_a_value_without_meaning_is_told_with_its_key(
    homes: Homes, key: str, value: object
) -> None:
    path = write(homes, {key: value})

    with pytest.raises(SettingsError, match=f'"{key}" in ') as told:
        read_own_settings(homes)

    assert str(path) in told.value.message


def test_setting_one_key_leaves_the_rest_of_the_file(homes: Homes) -> None:
    path = write(homes, {"own": ["a/**"], "default-model": "deep"})

    write_own_setting(homes, "default-model", "fast")

    assert json.loads(path.read_text(encoding="utf-8")) == {
        "permissions": {},
        "pmagent": {"own": ["a/**"], "default-model": "fast"},
    }


def test_the_file_is_made_where_there_was_none(homes: Homes) -> None:
    write_own_setting(homes, "default-model", "fast")

    assert read_own_settings(homes).default_model == "fast"


def test_a_broken_file_is_told_and_left_as_it_is(homes: Homes) -> None:
    path = write(homes, {})
    path.write_text("{", encoding="utf-8")

    with pytest.raises(SettingsError, match="is not JSON"):
        write_own_setting(homes, "default-model", "fast")

    assert path.read_text(encoding="utf-8") == "{"
