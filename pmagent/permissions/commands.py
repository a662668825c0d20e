"""What well-known programs do with their words: which only read, which run others, which remove.

A short list of what is known to be harmless, never a list of what is known to be dangerous: a
program or an option that is not named here is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pmagent.permissions.shell import SimpleCommand, split_command
from pmagent.permissions.shell_words import Word

Words = Sequence[Word]

SAFE_VARIABLES = re.compile(
    r"(?:LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|COLUMNS|LINES|NO_COLOR|FORCE_COLOR|CLICOLOR|CLICOLOR_FORCE"
    r"|COLORTERM|CI|NODE_ENV|RUST_BACKTRACE|RUST_LOG|PYTHONUNBUFFERED|PYTHONDONTWRITEBYTECODE"
    r"|GOOS|GOARCH|DEBUG)="
)
"""Assignments that cannot make a program run another one."""

MOST_VIEWS = 64
_WRAPPERS: dict[str, re.Pattern[str]] = {
    # The options before the program, each word with a NUL behind it.
    "timeout": re.compile(
        r"(?:(?:--foreground|--preserve-status|-v|--verbose|(?:--signal|--kill-after)=\w[\w.]*"
        r"|-[sk]\w[\w.]*)\0|(?:-s|-k|--signal|--kill-after)\0\w[\w.]*\0)*\d+(?:\.\d+)?[smhd]?\0"
    ),
    "time": re.compile(r"(?:-p\0)?"),
    "nice": re.compile(r"(?:-n\0-?\d+\0|-n-?\d+\0|--?\d+\0|--adjustment=-?\d+\0)?"),
    "nohup": re.compile(r""),
    "stdbuf": re.compile(r"(?:-[ioe]\w+\0|-[ioe]\0\w+\0|--(?:input|output|error)=\w+\0)+"),
    "command": re.compile(r"(?:-p\0)?"),
    "builtin": re.compile(r""),
    "noglob": re.compile(r""),
    "xargs": re.compile(r""),
}
_RUNNERS = frozenset(
    {
        *_WRAPPERS, "sudo", "doas", "su", "env", "exec", "find", "fd", "setsid", "flock", "watch",
        "ionice", "chrt", "taskset", "unshare", "nsenter", "chroot", "busybox", "toybox",
        "parallel", "ssh", "script", "strace", "ltrace", "entr", "caffeinate", "systemd-run",
        "runuser", "setpriv", "unbuffer", "proot", "fakeroot", "eval", "trap", "coproc", "-",
        "prlimit", "rlwrap", "torsocks", "proxychains", "dbus-run-session", "xvfb-run", "then",
    }
)  # fmt: skip
"""Programs whose words can hold another command."""
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "mksh", "ash", "fish", "rbash"})
_TEXT_RUNNERS = _SHELLS | {
    "eval", "watch", "flock", "script", "su", "parallel", "ssh", "trap", "busybox", "runuser",
    "entr", "unshare", "nsenter", "find", "xargs", "env", "sudo",
}  # fmt: skip
"""Programs that read a word of theirs as a command."""
_NEVER_BY_PREFIX = frozenset({"watch", "setsid", "flock"})
_FIND_ACTIONS = re.compile(r"-(?:exec|execdir|ok|okdir|delete|fprint|fprint0|fprintf|fls)")

# Readers, and which of their options make them more than that.
_NOTHING = re.compile(r"(?!)")
_PLAIN_READERS = (
    "ls", "cat", "head", "tail", "wc", "stat", "pwd", "echo", "cd", "grep", "egrep", "fgrep",
    "cut", "tr", "nl", "basename", "dirname", "true", "false", "test", "[", "which", "type",
    "cmp", "comm", "uniq", ":",
)  # fmt: skip
_READERS: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(_PLAIN_READERS, _NOTHING),
    # bash evaluates the index of `-v 'a[…]'`, and what it holds.
    "test": re.compile(r"-[vR]"),
    "[": re.compile(r"-[vR]"),
    "diff": re.compile(r"-[A-Za-z0-9]*l.*|--pag.*"),
    "find": _FIND_ACTIONS,
    "sort": re.compile(r"-[A-Za-z0-9]*[oTS].*|--(?:o|t|co|f|pa|ba).*"),
    "printf": re.compile(r"-v.*"),
}
_NO_LEADING_GLOB = frozenset({"find", "sort", "uniq", "git", "diff"})
"""A file named like an option becomes one where a wildcard finds it."""
_AFTER_XARGS = frozenset({"cat", "head", "tail", "wc", "ls", "stat", "grep", "echo", "basename"})

_GIT_FREE = frozenset(
    {
        "status", "log", "show", "diff", "blame", "shortlog", "describe", "rev-parse", "rev-list",
        "ls-files", "ls-tree", "cat-file", "name-rev", "merge-base", "grep",
    }
)  # fmt: skip
_GIT_BARE = {
    "branch": re.compile(r"-[arv]+|--(?:all|remotes|list|show-current|verbose|sort=.*|format=.*)"),
    "tag": re.compile(r"-l|--list|-n\d*|--sort=.*|--format=.*"),
    "remote": re.compile(r"-v|--verbose"),
    "stash": re.compile(r"list"),
    "worktree": re.compile(r"list|--porcelain"),
    "reflog": re.compile(r"show|-n|\d+|-\d+|--oneline"),
    "config": re.compile(r"-l|--list|list|--get|get|--show-origin|[\w.-]+\.[\w.-]+"),
}
_GIT_UNSAFE = re.compile(
    r"--(?:ou|ext|textc|op|filt|no-in|show-sig|exec|upload|git-dir|work-tree|pager|paginate).*|-O.*"
)
_GIT_REVEALS = frozenset({"show", "diff", "blame", "grep", "cat-file"})
_GIT_PATCH = re.compile(
    r"-[a-zA-Z0-9]*[pucLGSm].*|--(?:pat|cc|unified|raw|full-diff|remerge|diff).*"
)

_REMOVERS = frozenset({"rm", "rmdir", "unlink", "shred", "srm", "trash"})
_MOVERS = frozenset({"mkdir", "touch", "mv", "cp", "rm", "rmdir", "sed"})
_WRITERS_ALL = frozenset(
    {"rm", "rmdir", "unlink", "shred", "touch", "mkdir", "tee", "truncate", "mv", "chmod", "chown",
     "chgrp", "mkfifo", "mknod", "sponge", "patch"}
)  # fmt: skip
_WRITERS_LAST = frozenset({"cp", "ln", "install", "rsync", "scp"})
_SED_SCRIPT = re.compile(
    r"(?:(?:\d+|\$|/[^/\\]*/)(?:,(?:\d+|\$|/[^/\\]*/))?)?[dp]"
    r"|s(?P<by>[/|,#:])(?:(?!(?P=by))[^\\\n]|\\.)*(?P=by)(?:(?!(?P=by))[^\\\n]|\\.)*(?P=by)[gIip\d]*",
    re.DOTALL,
)
_SED_OPTIONS = re.compile(r"-i|-n|-E|-r|-e|-ni|-Ei|-ri|-i\.\w+|-s|-z")


def program_of(words: Words) -> str:
    """The program's name, without the folder it is named in."""
    return words[0].text.rpartition("/")[2] if words else ""


def unwrap(words: Words) -> Words:
    """`words` without `timeout 30`, `nice`, `nohup` and the like before the program."""
    while len(inside := unwrap_one(words)) < len(words):
        words = inside
    return words


def unwrap_one(words: Words) -> Words:
    """`words` without the first of the programs that only run another; `words` where it is none."""
    if len(words) < 2 or words[0].raw not in _WRAPPERS:
        return words
    rest = words[1:]
    found = _WRAPPERS[words[0].raw].match("".join(f"{word.text}\0" for word in rest))
    taken = found[0].count("\0") if found else 0
    inside = rest[taken:]
    if found is None or not inside or inside[0].text.startswith("-"):
        return words
    return inside if all(word.is_literal for word in rest[:taken]) else words


def views(command: SimpleCommand) -> Iterator[Words]:
    """The commands that this one may come to: itself, and what its program may run."""
    words = command.words
    if not words:
        return
    yield words
    if runs_others(command):
        for at in range(1, min(len(words), MOST_VIEWS)):
            yield words[at:]


def runs_others(command: SimpleCommand) -> bool:
    """Whether its words may hold another command."""
    words = command.words
    return any(program_of(words[at:]) in _RUNNERS for at in range(min(len(words), 4)))


def texts_run(command: SimpleCommand) -> Iterator[str | None]:
    """The texts that a shell, `eval` or `watch` would read as commands; None where unknown."""
    for at in range(min(len(command.words), 8)):
        name = program_of(command.words[at:])
        rest = command.words[at + 1 :]
        if name not in _TEXT_RUNNERS or (at and program_of(command.words) not in _RUNNERS):
            continue
        if name == "eval" or name in _SHELLS:
            is_text = name == "eval" or any(
                re.fullmatch(r"-[a-z]*c[a-z]*", word.text) for word in rest
            )
            if is_text and not all(word.is_literal for word in rest):
                yield None
        if name == "eval":
            yield " ".join(word.text for word in rest)
            continue
        yield from (
            word.text for word in rest if word.is_literal and re.search(r"[\s;&|$`(]", word.text)
        )


def inner_commands(
    commands: Sequence[SimpleCommand], *, depth: int = 3
) -> tuple[list[SimpleCommand], bool]:
    """The commands inside the texts that `commands` run, and whether all of them are known."""
    found: list[SimpleCommand] = []
    is_known = True
    for command in commands:
        is_known = is_known and (len(command.words) <= MOST_VIEWS or not runs_others(command))
        for text in dict.fromkeys(texts_run(command)):
            if text is None or depth <= 0:
                is_known = False
                continue
            parts = split_command(text)
            is_known = is_known and not parts.doubts
            deeper, is_deeper_known = inner_commands(parts.commands, depth=depth - 1)
            found += [*parts.commands, *deeper]
            is_known = is_known and is_deeper_known
    return found, is_known


def is_never_by_prefix(words: Words) -> bool:
    """Whether no allow rule with a wildcard covers it: it runs what stands behind."""
    if program_of(words) in _NEVER_BY_PREFIX:
        return True
    return program_of(words) == "find" and any(
        _FIND_ACTIONS.fullmatch(word.text) or not word.is_literal for word in words[1:]
    )


def is_read_only(command: SimpleCommand) -> bool:
    """Whether it is a program that is known to read and nothing else, with known options."""
    if not all(SAFE_VARIABLES.match(word.raw) for word in command.assignments):
        return False
    if not command.words:
        return False
    words = unwrap(command.words)
    name = words[0].text
    if words[0].raw != name or not all(word.is_literal for word in words):
        return name in {"echo", "printf"} and words[0].raw == name and _is_said(words)
    before = command.words[: len(command.words) - len(words)]
    if any(word.text == "xargs" for word in before) and name not in _AFTER_XARGS:
        return False
    if name in _NO_LEADING_GLOB and any(
        word.has_glob and word.text[:1] in {"*", "?", "["} for word in words[1:]
    ):
        return False
    if name == "git":
        return _is_git_reading(words)
    if name == "uniq" and sum(not word.text.startswith("-") for word in words[1:]) > 1:
        return False
    if name == "command":
        return len(words) > 1 and words[1].text in {"-v", "-V"}
    unsafe = _READERS.get(name)
    return unsafe is not None and not any(unsafe.fullmatch(word.text) for word in words[1:])


def reveals_history(command: SimpleCommand) -> bool:
    """Whether git would show what files held, also those that may not be read."""
    words = unwrap(command.words)
    if program_of(words) != "git":
        return False
    names = [word.text for word in words[1:] if not word.text.startswith("-")]
    if not names or names[0] in _GIT_REVEALS:
        return True
    return names[0] in {"log", "stash", "reflog", "rev-list"} and any(
        _GIT_PATCH.fullmatch(word.text) for word in words[1:]
    )


def removed_words(words: Words) -> Iterator[Word]:
    """What a removal removes."""
    name = program_of(words)
    if name in _REMOVERS:
        yield from (word for word in words[1:] if not word.text.startswith("-") or word.has_glob)
    elif name == "find" and any(word.text in {"-delete", *_REMOVERS} for word in words):
        for word in words[1:]:
            if word.text.startswith(("-", "(", "!")):
                return
            yield word


def is_removal_of_unknown(words: Words) -> bool:
    """Whether it removes what another program will name: `xargs rm`."""
    is_fed = program_of(words) in {"xargs", "parallel"}
    return is_fed and any(program_of((word,)) in _REMOVERS for word in words[1:])


def written_words(words: Words) -> Iterator[Word]:
    """The words of a known program that name what it changes."""
    name = program_of(words)
    operands = [word for word in words[1:] if not word.text.startswith("-")]
    if name in _WRITERS_ALL:
        yield from operands
    elif name in _WRITERS_LAST:
        has_target = any(word.text.startswith(("-t", "--target")) for word in words)
        yield from operands if has_target else operands[-1:]
    elif name == "sed" and any(re.match(r"-\w*i|--in-place", word.text) for word in words[1:]):
        yield from operands
    elif name == "dd":
        for word in operands:
            if word.text.startswith("of="):
                yield Word(raw=word.raw, text=word.text[3:], is_literal=word.is_literal)


def read_words(words: Words) -> Iterator[Word]:
    """The words of any program that may name a file it reads: all but what is known not to."""
    name = program_of(words)
    if name in {"echo", "printf", "true", "false", ":"}:
        yield from (word for word in words[1:] if word.has_glob)
        return
    skips = name in {"grep", "egrep", "fgrep", "rg", "sed", "awk", "jq"} and not any(
        re.fullmatch(r"-[a-zA-Z]*[ef].*|--(?:re|fi|ex).*", word.text) for word in words[1:]
    )
    for word in words[1:]:
        if skips and not word.text.startswith("-"):
            skips = False
            continue
        yield word


def is_plain_edit(command: SimpleCommand) -> bool:
    """Whether it is `mkdir`, `touch`, `mv`, `cp`, `rm`, `rmdir` or a simple `sed`, spelled out."""
    words = unwrap(command.words)
    if not words or command.assignments or len(words) != len(command.words):
        return False
    name = words[0].raw
    if name not in _MOVERS or not all(word.is_literal and not word.has_glob for word in words):
        return False
    if name != "sed":
        return True
    options = [word.text for word in words[1:] if word.text.startswith("-")]
    operands = [word.text for word in words[1:] if not word.text.startswith("-")]
    return (
        all(_SED_OPTIONS.fullmatch(option) for option in options)
        and options.count("-e") <= 1
        and bool(operands)
        and _SED_SCRIPT.fullmatch(operands[0]) is not None
    )


def _is_said(words: Words) -> bool:
    return not (words[0].text == "printf" and words[1:] and words[1].text.startswith("-v"))


def _is_git_reading(words: Words) -> bool:
    rest = [word.text for word in words[1:]]
    while rest and rest[0] in {"--no-pager", "-P", "--no-optional-locks"}:
        del rest[0]
    if not rest or any(_GIT_UNSAFE.fullmatch(word) for word in rest):
        return rest in (["--version"], ["version"])
    if rest[0] in _GIT_FREE:
        return True
    known = _GIT_BARE.get(rest[0])
    if known is None or (rest[0] in {"stash", "worktree"} and len(rest) == 1):
        return False
    if rest[0] == "config" and not {"-l", "--list", "list", "--get", "get"} & set(rest):
        return False
    return all(known.fullmatch(word) for word in rest[1:])
