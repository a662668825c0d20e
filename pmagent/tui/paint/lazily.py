"""Long sequences whose parts are made when they are looked at."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class Lazy(Sequence[T_co]):
    """A sequence that says how long it is and makes one part at a time."""

    @abstractmethod
    def part(self, index: int) -> T_co:
        """The part at `index`, which is never negative and may lie behind the end."""

    @overload
    def __getitem__(self, index: int) -> T_co: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T_co]: ...
    def __getitem__(self, index: int | slice) -> T_co | Sequence[T_co]:
        if isinstance(index, slice):
            return [self.part(place) for place in range(*index.indices(len(self)))]
        return self.part(index + len(self) if index < 0 else index)
