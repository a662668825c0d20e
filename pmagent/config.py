"""Settings: a person's own and a garden's, read once into values that cannot be wrong.

Both files have the shape of `.claude/settings.json`; our keys stand under `"pmagent"`. A garden's
file travels with the folder, so it may only say what is harmless there: which CSV files describe
the documents, what to leave out, how large a file may be. What loads a model or opens a connection
is read from the person's own file alone.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from pmagent.errors import SettingsError
from pmagent.paths import SETTINGS_DIR, Homes, reason_of

DEFAULT_MODEL = "all-MiniLM-L6-v2"
SETTINGS_FILE = "settings.json"
MAX_SETTINGS_BYTES = 1_000_000


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


_GARDEN_KEYS = {"metadata", "exclude", "max-file-mb"}
_PERSON_LISTS = {"own", "public", "published", "hook-folders", "hooks-on", "hooks-off"}
_PERSON_KEYS = _GARDEN_KEYS | _PERSON_LISTS | {"model", "ports"}
_LISTS = {"metadata", "exclude"} | _PERSON_LISTS
_LAST_PORT = 65_535


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


def _read_section(path: Path) -> Mapping[str, object]:
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
    section = cast("dict[str, object]", whole).get("pmagent", {})
    if not isinstance(section, dict):
        raise SettingsError(f'"pmagent" in "{path}" is not an object')
    return cast("dict[str, object]", section)


def _lay_over(
    settings: Settings, section: Mapping[str, object], path: Path, allowed: set[str]
) -> Settings:
    for key, value in section.items():
        if key not in allowed:
            raise SettingsError(f'"{path}" has the key "{key}"', _hint_for(key, allowed))
        settings = replace(settings, **{key.replace("-", "_"): _checked(key, value, path)})
    return settings


def _hint_for(key: str, allowed: set[str]) -> str:
    if key in _PERSON_KEYS:
        return f'"{key}" is read from your own settings only, never from a garden'
    near = difflib.get_close_matches(key, sorted(allowed), n=1)
    known = ", ".join(sorted(allowed))
    return f'did you mean "{near[0]}"?' if near else f"known keys: {known}"


def _checked(key: str, value: object, path: Path) -> object:
    if key in _LISTS:
        if isinstance(value, list) and all(isinstance(x, str) for x in cast("list[object]", value)):
            return tuple(cast("list[str]", value))
        raise SettingsError(f'"{key}" in "{path}" is not a list of strings')
    if key == "ports":
        if isinstance(value, list) and all(_is_port(x) for x in cast("list[object]", value)):
            return tuple(cast("list[int]", value))
        raise SettingsError(f'"{key}" in "{path}" is not a list of port numbers')
    if key == "max-file-mb":
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        raise SettingsError(f'"{key}" in "{path}" is not a whole number above 0')
    if not isinstance(value, str):
        raise SettingsError(f'"{key}" in "{path}" is not a string')
    return value


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LAST_PORT
