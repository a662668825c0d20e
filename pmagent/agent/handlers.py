"""The hooks in force: those of the settings files, those of plugins, and those that ship.

What a folder brings along runs only once a person has trusted exactly it: its definition and the
bytes of the scripts it names in the garden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pmagent.agent.rights import Rights
from pmagent.errors import PmagentError
from pmagent.hooks.bundled import shipped_hooks
from pmagent.hooks.read import Handler, HookFault, HookSet, Origin, merge, read_settings_hooks
from pmagent.hooks.trust import needs_trust, trust_digest
from pmagent.paths import bundled_dir
from pmagent.permissions.walls import Walls

MAX_SCRIPT_BYTES = 5_000_000


class HookBook:
    """Which hooks there are, and which of them may run."""

    def __init__(
        self,
        rights: Rights,
        files: Walls,
        switched: Mapping[str, bool],
        plugins: Callable[[], Sequence[HookSet]] = tuple,
    ) -> None:
        """`switched` says by name which of the hooks that ship are on or off.

        `plugins` reads what plugins bring; it is asked again when the settings change.
        """
        self._rights = rights
        self._plugins = plugins
        self._files = files
        self._shipped = shipped_hooks(bundled_dir("hooks"), switched)
        self._seen: object = None
        self._handlers: tuple[Handler, ...] = ()
        self.faults: tuple[HookFault, ...] = ()
        """What is written in a hooks section without a meaning."""

    def handlers(self) -> Sequence[Handler]:
        """Every handler of the settings as they are now, the strongest layer first."""
        book = self._rights.book
        if book is not self._seen:
            self._read()
            self._seen = book
        return self._handlers

    def is_trusted(self, handler: Handler) -> bool:
        """Whether a person has trusted this handler as it is now."""
        if not needs_trust(handler):
            return True
        digest = self.digest(handler)
        return digest is not None and self._rights.is_digest_trusted(digest)

    def digest(self, handler: Handler) -> str | None:
        """What trust in a handler is bound to; None where a file it names cannot be looked at."""
        try:
            return trust_digest(handler, self._bytes, root=str(self._files.root))
        except PmagentError:
            return None

    def waiting(self) -> Iterator[tuple[Handler, str]]:
        """The handlers that wait for trust, each with its digest."""
        for handler in self.handlers():
            digest = self.digest(handler) if needs_trust(handler) else None
            if digest is not None and not self._rights.is_digest_trusted(digest):
                yield handler, digest

    def _read(self) -> None:
        sets: list[HookSet] = []
        for source, section in self._rights.book.settings.items():
            whole: Mapping[str, object] = {
                "hooks": section.hooks,
                "disableAllHooks": section.is_all_off,
            }
            sets.append(read_settings_hooks(whole, Origin(layer=section.layer, source=source)))
        found = merge([*sets, *self._plugins(), self._shipped])
        self._handlers = found.handlers
        self.faults = found.faults

    def _bytes(self, path: str) -> bytes | None:
        entry = self._files.entry(path)
        if entry is None or entry.kind == "folder":
            return None
        return self._files.read(path, limit=MAX_SCRIPT_BYTES)[0]
