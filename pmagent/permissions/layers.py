"""The settings files of all layers, read once into one book of rules.

Managed, a person's own, the folder's and the folder's private one, ours before Claude Code's. Files
of the garden only narrow until their owner trusts their exact bytes: their deny and ask rules
always count, their allow rules, folders, wider modes and hooks do not. A file or a rule that cannot
be understood is a fault, and while there is one the garden is closed. Nothing but these files is
opened, and in the garden no link is followed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pmagent.errors import RuleFaultError
from pmagent.paths import Homes, reason_of
from pmagent.permissions.book import Fault, RuleBook, SettingsSection
from pmagent.permissions.located_json import Located, read_located
from pmagent.permissions.rules import parse_rule
from pmagent.types.actions import Effect, Json, Layer, Mode, Rule, Source

MANAGED = (
    Path("/etc/pmagent/managed-settings.json"),
    Path("/etc/claude-code/managed-settings.json"),
)
MAX_SETTINGS_BYTES = 1_000_000
CLAUDE_HOME_VARIABLE = "CLAUDE_CONFIG_DIR"
_EFFECTS: tuple[Effect, ...] = ("deny", "ask", "allow")
_FOLDERS = (".pmagent", ".claude")
_MODES: Mapping[str, Mode] = {
    "default": "default",
    "manual": "default",
    "auto": "default",  # nothing here judges by itself what a person would allow
    "acceptEdits": "acceptEdits",
    "plan": "plan",
    "dontAsk": "dontAsk",
    "bypassPermissions": "bypassPermissions",
}
_STRENGTH: tuple[Layer, ...] = ("user", "project", "local", "managed")
_WISHES = ("statusLine", "outputStyle", "disableSkillShellExecution")
"""What a settings file may say besides rules and hooks that counts here."""
_WIDTH: Mapping[Mode, int] = {
    "plan": 0,
    "dontAsk": 0,
    "default": 1,
    "acceptEdits": 2,
    "bypassPermissions": 3,
}


@dataclass(frozen=True, kw_only=True)
class _File:
    """One settings file, read."""

    layer: Layer
    name: str
    data: bytes
    is_own: bool
    """Whether it widens without being trusted: managed, or the person's own."""
    root: Path


@dataclass
class _Collected:
    """What the files so far say."""

    rules: list[Rule] = field(default_factory=list[Rule])
    faults: list[Fault] = field(default_factory=list[Fault])
    modes: list[tuple[Layer, Mode, bool]] = field(default_factory=list[tuple[Layer, Mode, bool]])
    """The mode that each file names, and whether it may widen."""
    folders: list[Path] = field(default_factory=list[Path])
    settings: dict[Source, SettingsSection] = field(default_factory=dict[Source, SettingsSection])
    untrusted: list[Source] = field(default_factory=list[Source])
    digests: dict[str, str] = field(default_factory=dict[str, str])
    is_bypass_off: bool = False
    wishes: dict[str, tuple[Layer, Json]] = field(default_factory=dict[str, tuple[Layer, Json]])


def read_rules(
    root: Path,
    homes: Homes,
    *,
    user_home: Path,
    is_trusted: Callable[[str], bool],
    managed: Sequence[Path] = MANAGED,
    environment: Mapping[str, str] | None = None,
) -> RuleBook:
    """The rules that hold in the garden at `root`, from every layer.

    `is_trusted` is asked for the SHA-256 of a garden's file, in hexadecimal. What is wrong with a
    file is in the book's `faults`; nothing is raised.
    """
    known = os.environ if environment is None else environment
    claude_home = Path(known.get(CLAUDE_HOME_VARIABLE) or user_home / ".claude")
    collected = _Collected()
    users = (homes.config / "settings.json", claude_home / "settings.json")
    for path in (*managed, *users):
        layer: Layer = "managed" if path in managed else "user"
        name = _shown(path, user_home)
        data = _read_bytes(lambda path=path: os.open(path, _FLAGS), name, collected)
        if data is not None:
            file = _File(layer=layer, name=name, data=data, is_own=True, root=root)
            _collect(file, collected, user_home, is_trusted)
    garden_files: tuple[tuple[Layer, str], ...] = (
        ("project", "settings.json"),
        ("local", "settings.local.json"),
    )
    for garden_layer, file_name in garden_files:
        for folder in _FOLDERS:
            name = f"{folder}/{file_name}"
            data = _read_bytes(
                lambda folder=folder, file_name=file_name: _open_inside(root, folder, file_name),
                name,
                collected,
            )
            if data is not None:
                file = _File(layer=garden_layer, name=name, data=data, is_own=False, root=root)
                _collect(file, collected, user_home, is_trusted)
    return RuleBook(
        rules=tuple(collected.rules),
        faults=tuple(collected.faults),
        mode=_mode_of(collected.modes),
        additional_directories=tuple(dict.fromkeys(collected.folders)),
        settings=collected.settings,
        untrusted=tuple(collected.untrusted),
        digests=collected.digests,
        is_bypass_off=collected.is_bypass_off,
        wishes={key: value for key, (_, value) in collected.wishes.items()},
    )


_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def _open_inside(root: Path, folder: str, name: str) -> int:
    top = os.open(root, _FOLDER_FLAGS)
    try:
        below = os.open(folder, _FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=top)
    finally:
        os.close(top)
    try:
        return os.open(name, _FLAGS | os.O_NOFOLLOW, dir_fd=below)
    finally:
        os.close(below)


def _read_bytes(opened: Callable[[], int], name: str, collected: _Collected) -> bytes | None:
    """A settings file's bytes; None where there is none, or where it is a fault."""
    try:
        descriptor = opened()
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                _fault(collected, name, 0, "it is not a regular file")
                return None
            data = stream.read(MAX_SETTINGS_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as exc:
        if exc.errno in {errno.ELOOP, errno.ENOTDIR} and _is_absent(exc, name):
            return None
        is_link = exc.errno in {errno.ELOOP, errno.ENOTDIR}
        why = "it is reached by a link, or is no file in a folder" if is_link else reason_of(exc)
        _fault(collected, name, 0, why)
        return None
    if len(data) > MAX_SETTINGS_BYTES:
        _fault(collected, name, 0, f"it is larger than {MAX_SETTINGS_BYTES:,} bytes")
        return None
    return data


def _is_absent(exc: OSError, name: str) -> bool:
    """Whether a parent outside the garden is a file: then there are no settings below it."""
    return exc.errno == errno.ENOTDIR and not name.startswith(_FOLDERS)


def _collect(
    file: _File,
    collected: _Collected,
    user_home: Path,
    is_trusted: Callable[[str], bool],
) -> None:
    try:
        top, repeated = read_located(file.data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        _fault(collected, file.name, 0, "it is not UTF-8 text")
        return
    except ValueError as exc:
        line = int(str(exc).split(":")[0].removeprefix("line ")) if "line " in str(exc) else 0
        _fault(collected, file.name, line, f"it is not JSON: {exc}")
        return
    if not isinstance(top.value, Mapping):
        _fault(collected, file.name, top.line, "it does not hold a JSON object")
        return
    for key, line in repeated:
        if key in {"permissions", "hooks", "defaultMode", *_EFFECTS}:
            _fault(collected, file.name, line, f'the key "{key}" stands twice')
    digest = hashlib.sha256(file.data).hexdigest()
    if not file.is_own:
        collected.digests[file.name] = digest
    widens = file.is_own or is_trusted(digest)
    waiting = [
        *_collect_permissions(file, top.value, collected, user_home, widens=widens),
        *_collect_hooks(file, top.value, collected, digest, widens=widens),
        *_collect_wishes(file, top.value, collected, widens=widens),
    ]
    if waiting:
        collected.untrusted.append(Source(path=file.name, line=min(waiting)))


def _collect_permissions(
    file: _File,
    top: Mapping[str, Located],
    collected: _Collected,
    user_home: Path,
    *,
    widens: bool,
) -> Iterator[int]:
    """Take what counts; give the lines of what waits for trust."""
    section = top.get("permissions")
    if section is None or section.value is None:
        return
    if not isinstance(section.value, Mapping):
        _fault(collected, file.name, section.line, '"permissions" is not an object')
        return
    for effect in _EFFECTS:
        for text, line in _strings(section.value, effect, file, collected):
            source = Source(path=file.name, line=line)
            try:
                rule = parse_rule(text, effect=effect, layer=file.layer, source=source)
            except RuleFaultError as exc:
                collected.faults.append(Fault(source=source, message=exc.message))
                continue
            if effect != "allow" or widens:
                collected.rules.append(rule)
            else:
                yield line
    for text, line in _strings(section.value, "additionalDirectories", file, collected):
        if widens:
            path = user_home / text[2:] if text.startswith("~/") else file.root / text
            collected.folders.append(Path(os.path.normpath(path)))
        else:
            yield line
    yield from _collect_mode(file, section.value, collected, widens=widens)


def _collect_mode(
    file: _File, section: Mapping[str, Located], collected: _Collected, *, widens: bool
) -> Iterator[int]:
    bypass = section.get("disableBypassPermissionsMode")
    if bypass is not None and bypass.value not in {None, False, "enable"}:
        collected.is_bypass_off = True
    named = section.get("defaultMode")
    if named is None or named.value is None:
        return
    if not isinstance(named.value, str):
        _fault(collected, file.name, named.line, '"defaultMode" is not a string')
        return
    # A mode of a later version is one that asks.
    mode = _MODES.get(named.value, "default")
    collected.modes.append((file.layer, mode, widens))
    if not widens and _WIDTH[mode] > _WIDTH["default"]:
        yield named.line


def _collect_hooks(
    file: _File,
    top: Mapping[str, Located],
    collected: _Collected,
    digest: str,
    *,
    widens: bool,
) -> Iterator[int]:
    hooks, all_off = top.get("hooks"), top.get("disableAllHooks")
    if hooks is None and all_off is None:
        return
    plain: Json = {} if hooks is None else hooks.plain()
    if not isinstance(plain, Mapping):
        # A hook is no rule: without a meaning it does not run, and says so.
        plain = {}
    line = hooks.line if hooks else all_off.line if all_off else 0
    collected.settings[Source(path=file.name, line=line)] = SettingsSection(
        layer=file.layer,
        hooks=plain,
        digest=digest,
        is_trusted=widens,
        is_all_off=all_off is not None and all_off.value is True,
    )
    if plain and not widens:
        yield line


def _collect_wishes(
    file: _File, top: Mapping[str, Located], collected: _Collected, *, widens: bool
) -> Iterator[int]:
    """Take the keys that are no rules; of one layer ours is read first and stays."""
    for key in _WISHES:
        located = top.get(key)
        if located is None or located.value is None:
            continue
        if not widens:
            yield located.line
            continue
        known = collected.wishes.get(key)
        if known is None or _STRENGTH.index(known[0]) < _STRENGTH.index(file.layer):
            collected.wishes[key] = (file.layer, located.plain())


def _strings(
    section: Mapping[str, Located], key: str, file: _File, collected: _Collected
) -> Iterator[tuple[str, int]]:
    located = section.get(key)
    if located is None or located.value is None:
        return
    if not isinstance(located.value, tuple):
        _fault(collected, file.name, located.line, f'"{key}" is not a list')
        return
    for item in located.value:
        if isinstance(item.value, str):
            yield item.value, item.line
        else:
            _fault(collected, file.name, item.line, f'"{key}" holds something that is no string')


def _mode_of(modes: Sequence[tuple[Layer, Mode, bool]]) -> Mode:
    """The mode of the strongest layer; an untrusted one only narrows what is below it."""
    mode: Mode = "default"
    # Ours was read before Claude Code's of the same layer, and is the stronger one.
    ours_last = modes[::-1]
    for _, named, widens in sorted(ours_last, key=lambda entry: _STRENGTH.index(entry[0])):
        if widens or _WIDTH[named] < _WIDTH[mode]:
            mode = named
    return mode


def _fault(collected: _Collected, name: str, line: int, why: str) -> None:
    source = Source(path=name, line=line)
    collected.faults.append(Fault(source=source, message=f'"{source}" cannot be used: {why}'))


def _shown(path: Path, user_home: Path) -> str:
    try:
        return f"~/{path.relative_to(user_home).as_posix()}"
    except ValueError:
        return path.as_posix()
