"""What exactly is started for a handler: its arguments, its environment, the files it names.

Pure. A value from outside (a folder's name) is put into a shell text only where it has no sign
that a shell reads; else the shell finds it in its environment, where it cannot become a command.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pmagent.hooks.events import Event
from pmagent.hooks.read import Handler

ALLOWED = ("PATH", "HOME", "LANG", "TERM", "TZ", "TMPDIR")
"""Of our own environment, all that a hook is given. No key of any service is among them."""
MAX_WORDS = 64

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_.]*)\}")
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_HARMLESS = re.compile(r"[\w ./+@:,=%-]*")
_INTERPRETER = re.compile(
    r"(?:python|pypy|perl|ruby|node|nodejs|bun|php|lua)[\d.]*|bash|sh|dash|zsh|ksh"
)
_OPERATORS = set("();<>|&")
_REDIRECTS = {">", ">>", ">|", "&>", "&>>", ">&", "<>"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where hooks run, the same for all of them."""

    root: str
    """The garden's folder, absolute. Relative paths in a command are below it."""
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    """Our own environment; only `ALLOWED` of it is passed on."""
    python: str = ""
    """The interpreter that has pmagent, for the hooks that ship."""
    package: str = ""
    """The folder that holds the package, for the same."""
    env_file: str = ""
    """Where a hook at the start may leave `export NAME=value` lines; empty where nowhere."""
    published: tuple[str, ...] = ()
    """Addresses and numbers that the person has made public."""


def environment_of(
    handler: Handler, event: Event, place: Place, effort: str = ""
) -> dict[str, str]:
    """The whole environment of a handler's process."""
    found = {name: place.variables[name] for name in ALLOWED if name in place.variables}
    found.setdefault("PATH", "/usr/local/bin:/usr/bin:/bin")
    documented = {"PROJECT_DIR": place.root, "EFFORT": effort}
    if handler.plugin is not None:
        documented["PLUGIN_ROOT"] = handler.plugin.root
        documented["PLUGIN_DATA"] = handler.plugin.data
        for key, value in handler.plugin.options:
            documented[f"PLUGIN_OPTION_{key.upper()}"] = value
    if event.has_env_file:
        documented["ENV_FILE"] = place.env_file
    for name, value in documented.items():
        if value and "\0" not in value:
            found[f"CLAUDE_{name}"] = found[f"PMAGENT_{name}"] = value
    if place.python:
        found["PMAGENT_PYTHON"] = place.python
    if handler.layer == "shipped":
        found |= {"PYTHONPATH": place.package, "PYTHONDONTWRITEBYTECODE": "1"}
        # The sandbox lets in an interpreter's own folders where PATH names them.
        found["PATH"] = f"{posixpath.dirname(place.python) or '/usr/bin'}:{found['PATH']}"
        found["PMAGENT_PUBLISHED"] = "\n".join(place.published)
    return found


def argv_of(handler: Handler, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The program and its arguments.

    With `args`, no shell: placeholders are filled in each of them. Without, `sh -c` or `bash -c`.
    """
    values = dict(environment)
    if handler.args is not None:
        if handler.plugin is not None:
            values |= {f"user_config.{k}": v for k, v in handler.plugin.options}
        return tuple(_filled(part, values) for part in (handler.command, *handler.args))
    shell = "/bin/bash" if handler.shell == "bash" else "/bin/sh"
    harmless = {name: value for name, value in values.items() if _HARMLESS.fullmatch(value)}
    return (shell, "-c", _filled(handler.command, harmless, only=("CLAUDE_", "PMAGENT_")))


def needed_files(handler: Handler, environment: Mapping[str, str], root: str) -> tuple[str, ...]:
    """The files that must be there for the command to mean what it says, absolute.

    CPython, dash and perl end with status 2 where their script is missing, which would read as a
    no that somebody meant. Only what one plain command names for certain is listed: its program
    where that is a path, and an interpreter's script.
    """
    if handler.args is not None:
        words = list(argv_of(handler, environment))
    else:
        tokens = _tokens(handler.command)
        if tokens is None or any(set(token) <= _OPERATORS for token in tokens):
            return ()
        if any(mark in handler.command for mark in ("`", "$(", "\n", "*", "?", "[")):
            return ()
        words = [_expanded(token, environment) for token in tokens]
    while words and re.fullmatch(r"[A-Za-z_]\w*=.*", words[0]):
        words = words[1:]
    found = [words[0]] if words and "/" in words[0] else []
    if words and _INTERPRETER.fullmatch(words[0].rsplit("/", 1)[-1]):
        script = words[1:2]
        found += [part for part in script if part and not part.startswith("-")]
    return tuple(posixpath.join(root, part) for part in found if "$" not in part)


def named_files(argv: Sequence[str], environment: Mapping[str, str]) -> tuple[str, ...]:
    """The absolute paths that a started command names, for a sandbox to let in.

    With `~` and variables filled in, as in `python3 "$HOME"/.claude/hooks/check.py`. Whether
    anything stands there is not looked at.
    """
    words = [word for text in argv for word in (text, *_words(text))]
    expanded = (_expanded(word, environment) for word in words)
    return tuple(dict.fromkeys(word for word in expanded if word.startswith("/")))


def garden_files(handler: Handler, root: str) -> tuple[str, ...]:
    """Every word of the command that could be a file of the garden, relative to it.

    What is redirected into is left out: it changes with each run and is never executed.
    """
    known = {"CLAUDE_PROJECT_DIR": root, "PMAGENT_PROJECT_DIR": root}
    if handler.plugin is not None:
        known |= dict.fromkeys(("CLAUDE_PLUGIN_ROOT", "PMAGENT_PLUGIN_ROOT"), handler.plugin.root)
    if handler.args is not None:
        words = [_expanded(part, known) for part in (handler.command, *handler.args)]
    else:
        words = [_expanded(part, known) for part in _without_targets(_words(handler.command))]
    folders = [root, *_entered(words, root)]
    found: dict[str, None] = {}
    for word in words[:MAX_WORDS]:
        for part in (word, word.partition("=")[2]):
            for folder in folders if part else ():
                path = posixpath.normpath(posixpath.join(folder, part))
                if path.startswith(root.rstrip("/") + "/"):
                    found[path[len(root.rstrip("/")) + 1 :]] = None
    return tuple(found)


def _filled(text: str, values: Mapping[str, str], only: tuple[str, ...] = ("",)) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1]
        return values.get(name, match[0]) if name.startswith(only) else match[0]

    return _PLACEHOLDER.sub(value, text)


def _expanded(word: str, environment: Mapping[str, str]) -> str:
    """A word as the shell would read it, as far as that is known; the rest stays with its `$`."""
    if word == "~" or word.startswith("~/"):
        word = environment.get("HOME", "~") + word[1:]
    return _VARIABLE.sub(lambda match: environment.get(match[1] or match[2], match[0]), word)


def _tokens(command: str) -> list[str] | None:
    """The words and operators of a shell text; None where its quotes do not close."""
    reader = shlex.shlex(command, posix=True, punctuation_chars=True)
    reader.whitespace_split = True
    reader.commenters = ""
    try:
        return list(reader)
    except ValueError:
        return None


def _words(command: str) -> Sequence[str]:
    """All words of a shell text, also those inside a quoted program such as `bash -c "..."`."""
    tokens = _tokens(command)
    if tokens is None:
        return re.split(r"[\s'\"`;|&<>()]+", command)
    inner = [
        part for token in tokens if " " in token for part in re.split(r"[\s'\"`;|&()]+", token)
    ]
    return [*tokens, *inner]


def _without_targets(tokens: Sequence[str]) -> Iterator[str]:
    before = ""
    for token in tokens:
        if before not in _REDIRECTS and not set(token) <= _OPERATORS:
            yield token
        before = token


def _entered(words: Sequence[str], root: str) -> Iterator[str]:
    """The folders that the command changes to."""
    for before, word in pairwise(words):
        if before in {"cd", "pushd"} and len(word) < 4_096:
            yield posixpath.join(root, word)
