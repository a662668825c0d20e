"""The walls of macOS: the text of a Seatbelt profile for one confinement.

It is generated here and held by tests of the text alone: no Mac was at hand, so it has never run.
It denies everything by default and takes the last rule that matches, so denials come last.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pmagent.sandbox.confinement import Confinement

PROGRAM = "/usr/bin/sandbox-exec"
_PROGRAMS = (
    "/usr", "/bin", "/sbin", "/System", "/Library/Apple", "/Library/Developer/CommandLineTools",
    "/opt/homebrew", "/private/etc/ssl", "/private/etc/localtime", "/private/var/db/timezone",
    "/private/var/db/dyld",
)  # fmt: skip
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")


def seatbelt_profile(confinement: Confinement, private_tmp: Path | None = None) -> str:
    """The profile: programs and granted folders, no network, no other process, no Mach service.

    `private_tmp` is the folder that serves as `/tmp`. Paths are quoted, so that no name of a file
    can add a rule.
    """
    writable = [*confinement.writable, *([private_tmp] if private_tmp else [])]
    lines = [
        "(version 1)",
        "(deny default)",
        "(deny network*)",
        "(allow process-fork)",
        "(allow signal (target same-sandbox))",
        "(allow sysctl-read)",
        '(allow file-read-metadata (literal "/") (subpath "/private/var/select"))',
        *_rule("allow", "process-exec file-read*", map(Path, _PROGRAMS)),
        *(f"(allow file-read* file-write-data (literal {_quoted(Path(d))}))" for d in _DEVICES),
        *_rule("allow", "file-read* process-exec", (confinement.folder, *confinement.readable)),
        *_rule("allow", "file-read* file-write* process-exec", writable),
        *_rule("deny", "file-write*", confinement.read_only),
        # A folder above a protected name must not be renamed either: its name would be free.
        *(
            f"(deny file-write-unlink (literal {_quoted(folder)}))"
            for folder in _above(confinement.read_only, confinement.writable)
        ),
        *_rule("deny", "file-read* file-write* process-exec", confinement.hidden),
        "(deny file-write-setugid)",
        "(deny file-link)",
    ]
    return "\n".join(lines) + "\n"


def _rule(effect: str, what: str, paths: Iterable[Path]) -> list[str]:
    return [f"({effect} {what} (subpath {_quoted(path)}))" for path in paths]


def _above(paths: Iterable[Path], roots: Iterable[Path]) -> list[Path]:
    kept = tuple(roots)
    return sorted({
        folder for path in paths for folder in path.parents
        if any(folder == root or root in folder.parents for root in kept)
    })  # fmt: skip


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r") + '"'
