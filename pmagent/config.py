"""Settings: a person's own and a garden's, read once into values that cannot be wrong.

Both files have the shape of `.claude/settings.json`; our keys stand under `"pmagent"`. A garden's
file travels with the folder, so it may only say what is harmless there: which CSV files describe
the documents, what to leave out, how large a file may be. What loads a model or opens a connection
is read from the person's own file alone.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast

from pmagent.errors import SettingsError
from pmagent.paths import SETTINGS_DIR, Homes, make_private_dir, reason_of, write_atomically

DEFAULT_MODEL = "all-MiniLM-L6-v2"
SETTINGS_FILE = "settings.json"
MAX_SETTINGS_BYTES = 1_000_000
MOST_STEPS = 40
"""Requests to a model in one turn, where nothing else is set."""
ArgBase = Literal["auto", 0, 1]
"""Whether a command's first argument is `$0` or `$1`; `auto` goes by the file."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What is set, with the shipped value where nothing is."""

    metadata: tuple[str, ...] = ()
    """CSV files, relative to the garden, with columns path, title and date, published or
    approx_date."""
    exclude: tuple[str, ...] = ()
    """Globs of paths that are not read."""
    max_file_mb: int = 32
    """Larger files are skipped, and said to be."""
    model: str = DEFAULT_MODEL
    """A sentence-transformers name or folder. Person's own settings only."""
    own: tuple[str, ...] = ()
    """Globs of transcripts that are the person's own words, so that reading them does not make a
    session untrusted. Person's own settings only, like all below."""
    public: tuple[str, ...] = ()
    """Globs of files that anybody may know, so that reading them does not make it private."""
    ports: tuple[int, ...] = ()
    """Ports that may be reached besides 80 and 443."""
    hooks_on: tuple[str, ...] = ()
    """Hooks that ship and are off, such as `draft-commit`, to be switched on."""
    hooks_off: tuple[str, ...] = ()
    """Hooks that ship and are on, to be switched off."""
    published: tuple[str, ...] = ()
    """The person's own addresses and numbers that may leave as they are."""
    hook_folders: tuple[str, ...] = ()
    """Folders outside the garden that the person's own hooks may write in."""
    models: Mapping[str, str] = field(default_factory=dict[str, str])
    """Model names by alias, such as `fast`; the value may be another alias."""
    default_model: str = ""
    """The alias or name that conversations begin with; empty: by whether there is a key."""
    base_url: str = ""
    """A server of the Messages API other than the provider's own."""
    budget_usd: Decimal | None = None
    """What one turn may cost; None: no limit."""
    arg_base: ArgBase = "auto"
    max_steps: int = MOST_STEPS
    """Requests to the model that one turn may make."""
    ghost_url: str = ""
    """The address of the person's own Ghost site; empty: drafts go to a folder."""
    trello_board: str = ""
    """The person's own Trello board, by its id; empty: there is none."""
    week: Mapping[str, object] = field(default_factory=dict[str, object])
    """How one works and where the week's files are. A garden's keys are laid over the person's."""


_GARDEN_KEYS = {"metadata", "exclude", "max-file-mb", "week"}
_PERSON_LISTS = {"own", "public", "published", "hook-folders", "hooks-on", "hooks-off"}
_MODEL_KEYS = {"models", "default-model", "base-url", "budget-usd", "arg-base", "max-steps"}
_PLACES = {"ghost-url", "trello-board"}
_PERSON_KEYS = _GARDEN_KEYS | _PERSON_LISTS | {"model", "ports", *_PLACES} | _MODEL_KEYS
_LISTS = {"metadata", "exclude"} | _PERSON_LISTS
_LAST_PORT = 65_535
_WEEK_KEYS = {
    "zone", "hours", "deep", "days-off", "buffer", "shortest", "longest", "between", "daily-share",
    "calendars", "board", "outcomes", "me", "learn-estimates",
}  # fmt: skip
_ALIAS = re.compile(r"[a-z][a-z0-9-]{0,39}")
_MODEL_NAME = re.compile(r"[!-~]{1,200}")
_SITE = re.compile(
    r"https://[a-z0-9.-]+(?::\d{1,5})?(?:/[!-~]*)?"
    r"|http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?(?:/[!-~]*)?"
)
"""Without encryption only on this computer: what is sent carries a key."""
_BOARD = re.compile(
    r"(?:http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?/boards/)?[0-9a-f]{24}"
)
"""Its whole id, since by it every card is known again; elsewhere than at Trello for tests."""
_FIXED_ALIASES = {"offline", "default", "inherit"}


def read_settings(root: Path, homes: Homes) -> Settings:
    """The settings of the garden at `root`: the person's own, with the garden's laid over.

    Raises:
        SettingsError: a file cannot be read, is not JSON, or has a key or value without meaning.
    """
    settings = Settings()
    for path, keys in (
        (homes.config / SETTINGS_FILE, _PERSON_KEYS),
        (root / SETTINGS_DIR / SETTINGS_FILE, _GARDEN_KEYS),
    ):
        settings = _lay_over(settings, _read_section(path), path, keys)
    return settings


def read_own_settings(homes: Homes) -> Settings:
    """The person's own settings, for where there is no garden.

    Raises:
        SettingsError: as in `read_settings`.
    """
    path = homes.config / SETTINGS_FILE
    return _lay_over(Settings(), _read_section(path), path, _PERSON_KEYS)


def write_own_setting(homes: Homes, key: str, value: str) -> Path:
    """Set one text of the person's own settings, and give back the file. The rest of it stays.

    Raises:
        SettingsError: the file cannot be read, or the value has no meaning.
        StorageError: the file cannot be written.
    """
    path = homes.config / SETTINGS_FILE
    whole = _read_whole(path)
    section = {**_section_of(whole, path), key: value}
    _lay_over(Settings(), section, path, _PERSON_KEYS)
    make_private_dir(path.parent)
    text = json.dumps({**whole, "pmagent": section}, ensure_ascii=False, indent=2)
    write_atomically(path, f"{text}\n".encode())
    return path


def _read_section(path: Path) -> Mapping[str, object]:
    return _section_of(_read_whole(path), path)


def _read_whole(path: Path) -> Mapping[str, object]:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_SETTINGS_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as exc:
        raise SettingsError(f'cannot read "{path}": {reason_of(exc)}') from exc
    if len(raw) > MAX_SETTINGS_BYTES:
        raise SettingsError(f'"{path}" is larger than {MAX_SETTINGS_BYTES:,} bytes')
    try:
        whole = cast("object", json.loads(raw))
    except (ValueError, RecursionError) as exc:
        raise SettingsError(f'"{path}" is not JSON: {exc}', "mend it, or remove it") from exc
    if not isinstance(whole, dict):
        raise SettingsError(f'"{path}" does not hold a JSON object', 'begin it with "{"')
    return cast("dict[str, object]", whole)


def _section_of(whole: Mapping[str, object], path: Path) -> Mapping[str, object]:
    section = whole.get("pmagent", {})
    if not isinstance(section, dict):
        raise SettingsError(f'"pmagent" in "{path}" is not an object')
    return cast("dict[str, object]", section)


def _lay_over(
    settings: Settings, section: Mapping[str, object], path: Path, allowed: set[str]
) -> Settings:
    for key, value in section.items():
        if key not in allowed:
            raise SettingsError(f'"{path}" has the key "{key}"', _hint_for(key, allowed))
        read = _checked(key, value, path)
        if key == "week":
            read = {**settings.week, **cast("Mapping[str, object]", read)}
        settings = replace(settings, **{key.replace("-", "_"): read})
    return settings


def _hint_for(key: str, allowed: set[str]) -> str:
    if key in _PERSON_KEYS:
        return f'"{key}" is read from your own settings only, never from a garden'
    near = difflib.get_close_matches(key, sorted(allowed), n=1)
    known = ", ".join(sorted(allowed))
    return f'did you mean "{near[0]}"?' if near else f"known keys: {known}"


def _checked(key: str, value: object, path: Path) -> object:
    read, what = _KINDS.get(key) or (_LIST if key in _LISTS else _TEXT)
    try:
        return read(value)
    except ValueError:
        raise SettingsError(f'"{key}" in "{path}" is not {what}') from None


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(x, str) for x in cast("list[object]", value)):
        return tuple(cast("list[str]", value))
    raise ValueError


def _ports(value: object) -> tuple[int, ...]:
    if isinstance(value, list) and all(_is_port(x) for x in cast("list[object]", value)):
        return tuple(cast("list[int]", value))
    raise ValueError


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LAST_PORT


def _number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise ValueError


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError


def _model_name(value: object) -> str:
    if isinstance(value, str) and _MODEL_NAME.fullmatch(value):
        return value
    raise ValueError


def _models(value: object) -> Mapping[str, str]:
    pairs = cast("dict[str, object]", value) if isinstance(value, dict) else {"": value}
    if all(_ALIAS.fullmatch(alias) and alias not in _FIXED_ALIASES for alias in pairs):
        return {alias: _model_name(name) for alias, name in pairs.items()}
    raise ValueError


def _site(value: object) -> str:
    if isinstance(value, str) and (not value or _SITE.fullmatch(value)):
        return value.rstrip("/")
    raise ValueError


def _board(value: object) -> str:
    if isinstance(value, str) and (not value or _BOARD.fullmatch(value)):
        return value
    raise ValueError


def _dollars(value: object) -> Decimal:
    if isinstance(value, int | float) and not isinstance(value, bool):
        dollars = Decimal(str(value))
        if dollars.is_finite() and dollars > 0:
            return dollars
    raise ValueError


def _week(value: object) -> Mapping[str, object]:
    """Keys and paths are looked at here, hours and minutes by the planner."""
    week = cast("dict[str, object]", value) if isinstance(value, dict) else {"": value}
    if not _WEEK_KEYS.issuperset(week):
        raise ValueError
    for key in ("calendars", "me"):
        _strings(week.get(key, []))
    for key in ("board", "outcomes", "zone"):
        _text(week.get(key, ""))
    _switch(week.get("learn-estimates", True))
    return week


def _switch(value: object) -> bool:
    if value is True or value is False:
        return value
    raise ValueError


def _arg_base(value: object) -> ArgBase:
    if value == "auto":
        return "auto"
    if isinstance(value, int) and not isinstance(value, bool) and value in {0, 1}:
        return 1 if value else 0
    raise ValueError


_Reader = Callable[[object], object]
_TEXT: tuple[_Reader, str] = (_text, "a string")
_LIST: tuple[_Reader, str] = (_strings, "a list of strings")
_KINDS: Mapping[str, tuple[_Reader, str]] = {
    "ports": (_ports, "a list of port numbers"),
    "max-file-mb": (_number, "a whole number above 0"),
    "max-steps": (_number, "a whole number above 0"),
    "budget-usd": (_dollars, "a number of US dollars above 0"),
    "arg-base": (_arg_base, '"auto", 0 or 1'),
    "week": (
        _week,
        f"an object with some of {', '.join(sorted(_WEEK_KEYS))}; calendars is a list of globs, me "
        "one of addresses, board, outcomes and zone are strings, learn-estimates is true or false",
    ),
    "ghost-url": (_site, "an address such as https://blog.example.org"),
    "trello-board": (_board, 'the id of a board, as "pmagent trello connect" writes it'),
    "default-model": (_model_name, "the name of a model"),
    "models": (
        _models,
        "an object of model names by alias, such as fast; an alias is of small letters, digits "
        'and hyphens, and none of "offline", "default" and "inherit"',
    ),
}
