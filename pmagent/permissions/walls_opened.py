"""A file or folder that the walls let through, held by its descriptor from the check to the use."""

from __future__ import annotations

import os
from types import TracebackType

from pmagent.errors import ReadError
from pmagent.paths import reason_of
from pmagent.permissions.walls_entries import Entry, Sight
from pmagent.permissions.walls_names import shown
from pmagent.permissions.walls_refusals import too_large
from pmagent.types.actions import Target

_BLOCK = 65_536


class Opened:
    """What `Walls.open` gives. Whatever is put at its name meanwhile, this is what was checked."""

    def __init__(self, descriptor: int, sight: Sight) -> None:
        self.descriptor = descriptor
        self._sight = sight

    @property
    def target(self) -> Target:
        """What was opened, for the rules and the trail."""
        return self._sight.target

    @property
    def entry(self) -> Entry:
        """What it was when it was opened."""
        return self._sight.entry

    @property
    def mode(self) -> int:
        """Its kind and rights, as the system gives them."""
        return self._sight.state.st_mode

    def __enter__(self) -> Opened:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the descriptor back."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def read(self, limit: int) -> bytes:
        """Its bytes, from the start.

        Raises:
            SkipError: it has more than `limit` bytes.
            ReadError: it is a folder, or the system refuses.
        """
        size = self._sight.state.st_size
        if size > limit:
            raise too_large(size, limit)
        kept = bytearray()
        wanted = max(size, _BLOCK) + 1  # one more than there is: what grows is noticed
        try:
            while block := os.pread(self.descriptor, wanted, len(kept)):
                kept += block
                if len(kept) > limit:
                    raise too_large(len(kept), limit)
        except OSError as exc:
            message = f"cannot read {shown(self._sight.asked)}: {reason_of(exc)}"
            raise ReadError(message) from exc
        return bytes(kept)
