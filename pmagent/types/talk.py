"""What is said to a language model and what it says back, in no provider's terms.

Pure data. A model is an event source: it is given one request and yields events until it stops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol, TypeAlias

from pmagent.types.actions import Json

Role = Literal["user", "assistant"]
Effort = Literal["low", "medium", "high", "xhigh", "max"]
StopReason = Literal[
    "end_turn",
    "max_tokens",
    "stop_sequence",
    "tool_use",
    "pause_turn",
    "refusal",
    "model_context_window_exceeded",
]


@dataclass(frozen=True, kw_only=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, kw_only=True)
class ToolUse:
    """A tool that the model wants to be used."""

    id: str
    tool: str
    input: Mapping[str, Json]
    problem: str = ""
    """Why the input cannot be what the model meant, such as broken JSON; it is then never run."""


@dataclass(frozen=True, kw_only=True)
class ToolAnswer:
    """What came of a use of a tool, for the model to read."""

    id: str
    """The id of the `ToolUse` it answers."""
    text: str
    is_error: bool = False
    data: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """The same as values, for a model that computes; no provider is sent this."""


@dataclass(frozen=True, kw_only=True)
class Opaque:
    """A part that only its provider understands, to be sent back exactly as it came."""

    data: Mapping[str, Json]


Part: TypeAlias = Text | ToolUse | ToolAnswer | Opaque


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of a conversation with a model."""

    role: Role
    parts: tuple[Part, ...]
    is_partial: bool = False
    """Cut off: by a person, a fault or a limit. What was said is kept, and marked."""

    @property
    def text(self) -> str:
        """Its words, without the other parts."""
        return "".join(part.text for part in self.parts if isinstance(part, Text))

    @property
    def uses(self) -> tuple[ToolUse, ...]:
        """The tools it wants to be used."""
        return tuple(part for part in self.parts if isinstance(part, ToolUse))


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Tokens of one or more requests. Sums with `+`."""

    input_tokens: int = 0
    """Read anew, without what came from a cache."""
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    is_estimate: bool = False

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cache_read_tokens=self.cache_read_tokens + other.cache_read_tokens,
            cache_write_tokens=self.cache_write_tokens + other.cache_write_tokens,
            is_estimate=self.is_estimate or other.is_estimate,
        )

    @property
    def total_tokens(self) -> int:
        """All that was read and written."""
        read = self.input_tokens + self.cache_read_tokens + self.cache_write_tokens
        return read + self.output_tokens


@dataclass(frozen=True, kw_only=True)
class ToolSpec:
    """A tool as a model is told of it."""

    name: str
    description: str
    schema: Mapping[str, Json]
    """JSON Schema of its input."""


@dataclass(frozen=True, kw_only=True)
class ModelRequest:
    """One request. The system part is sent whole every time."""

    system: str
    messages: Sequence[Message]
    tools: Sequence[ToolSpec] = ()
    max_tokens: int = 8_192
    effort: Effort | None = None
    output_schema: Mapping[str, Json] | None = None
    """JSON Schema that the words of the answer must fit, where the model can."""


@dataclass(frozen=True, kw_only=True)
class TextDelta:
    """More words."""

    text: str


@dataclass(frozen=True, kw_only=True)
class ToolNamed:
    """A tool is being asked for; its input is still being written."""

    id: str
    tool: str


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """The end of an answer. Always the last event."""

    reason: StopReason
    message: Message
    """The whole answer."""
    usage: Usage


ModelEvent: TypeAlias = TextDelta | ToolNamed | Stopped


@dataclass(frozen=True, kw_only=True)
class Price:
    """US dollars for a million tokens."""

    input_usd: Decimal
    output_usd: Decimal
    cache_read_usd: Decimal | None = None
    cache_write_usd: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """What is known of a model."""

    id: str
    """The provider's name, or `offline`."""
    alias: str = ""
    """`fast`, `deep`, `offline` or a person's own; empty where it has none."""
    context_tokens: int = 200_000
    max_output_tokens: int = 8_192
    is_local: bool = False
    """Whether nothing leaves this computer."""
    host: str = ""
    """Where requests go; empty for `offline`."""
    price: Price | None = None
    """None: unknown. Never taken for free."""
    is_free: bool = False
    """Known to cost nothing, such as `offline`."""
    problem: str = ""
    """Why it cannot be used now, such as a missing key; empty where it can."""


class Model(Protocol):
    """One model. Used from one thread at a time."""

    @property
    def card(self) -> ModelCard:
        """What is known of it."""
        ...

    def stream(
        self, request: ModelRequest, *, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[ModelEvent]:
        """The answer as it comes, `Stopped` last.

        Looks at `stop` at least ten times a second, also while nothing arrives; once it is true
        the iterator ends at once, without `Stopped`, and the connection is closed.

        Raises:
            ModelError: the answer did not come whole. Events until then stay true.
        """
        ...

    def count_tokens(self, request: ModelRequest) -> tuple[int, bool]:
        """The tokens of a request, and whether that is an estimate."""
        ...
