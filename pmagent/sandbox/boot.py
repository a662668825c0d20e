"""How the launcher's code gets inside: as compiled code through a descriptor, in one piece.

So it needs no file that could be changed, hidden or missing inside, and nothing is compiled anew
for each command: both ends are the same Python.
"""

from __future__ import annotations

import functools
import importlib.util
import marshal
import os
import sys
from importlib.abc import InspectLoader

from pmagent.errors import SandboxError

MODULES = (
    "pmagent", "pmagent.sandbox", "pmagent.sandbox.syscalls", "pmagent.sandbox.landlock",
    "pmagent.sandbox.seccomp", "pmagent.sandbox.processes", "pmagent.sandbox.launcher",
)  # fmt: skip
"""In the order in which they need each other."""
_PROGRAM = """
import marshal, os, sys
with os.fdopen(int(sys.argv[1]), "rb") as stream:
    modules, policy = marshal.load(stream)
for name, code in modules:
    module = sys.modules[name] = type(sys)(name)
    above, _, last = name.rpartition(".")
    if above:
        setattr(sys.modules[above], last, module)
    module.__path__ = []
    exec(code, module.__dict__)
module.main(policy, int(sys.argv[2]), int(sys.argv[3]))
"""


def boot_words() -> list[str]:
    """The interpreter and what it is told; three descriptors follow: code, status and life."""
    # -I -S -E: no variable, folder or site of ours is looked at; it starts in half the time.
    return [os.path.realpath(sys.executable), "-I", "-S", "-E", "-B", "-c", _PROGRAM]


def packed(policy: dict[str, object]) -> bytes:
    """What the first descriptor gives."""
    return marshal.dumps((_codes(), policy))


@functools.cache
def _codes() -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name in MODULES:
        spec = importlib.util.find_spec(name)
        if spec is None or not isinstance(spec.loader, InspectLoader):
            raise SandboxError(f'the code of "{name}" is not at hand', "install pmagent anew")
        found.append((name, spec.loader.get_code(name)))
    return found
