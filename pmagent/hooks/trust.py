"""Whether a handler may run: what came with a folder is inert until a person trusts exactly it.

A handler's digest covers its definition and the bytes of every file of the garden that its command
names. Any change of either makes it a stranger again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from pmagent.hooks.command import garden_files
from pmagent.hooks.read import Handler

Reader = Callable[[str], bytes | None]
"""The bytes of a file of the garden, by its path relative to it.

None where nothing stands there, or a folder. What stands there and cannot be read, such as a link,
raises an error of ours: such a handler cannot be trusted, because what it runs is not known.
"""

NEEDS_TRUST = frozenset({"local", "project", "plugin"})


def needs_trust(handler: Handler) -> bool:
    """Whether the handler came with a folder or a plugin rather than from the person."""
    return handler.layer in NEEDS_TRUST


def trust_digest(handler: Handler, root_reader: Reader, *, root: str) -> str:
    """SHA-256 of what the handler is and of the garden's files that it names, in hex.

    Modules that its script imports are not among them.

    Raises:
        PmagentError: a file that it names cannot be read.
    """
    definition = [
        handler.event, handler.matcher, handler.kind, handler.command, handler.args, handler.shell,
        handler.timeout_s, handler.if_rule, handler.once, handler.on_failure, handler.is_async,
        handler.wakes, handler.layer, handler.plugin.root if handler.plugin else None,
        sorted(handler.plugin.options) if handler.plugin else None,
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(definition).encode())
    for path in sorted(garden_files(handler, root)):
        content = root_reader(path)
        mark = hashlib.sha256(content).hexdigest() if content is not None else "-"
        digest.update(json.dumps([path, mark]).encode())
    return digest.hexdigest()
