"""A model behind a server of the Messages API: the provider's own, or any compatible one.

What it speaks through is made when first used, in the thread that reads, since the provider's
package takes seconds to load. What a server refuses of the optional things is left out, once, and
kept in mind. Requests are tried again by the provider's package alone, and only before the first
word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from pmagent.errors import ModelError
from pmagent.llm.assembling import Assembler, Frame
from pmagent.llm.faults import WireFault, model_error
from pmagent.llm.probe import Feature, Features, Listed, Probes, refused_features
from pmagent.llm.reading import Reading
from pmagent.llm.schema_fit import misfits, read_json
from pmagent.llm.scripted import estimate_tokens
from pmagent.llm.servers import Server
from pmagent.llm.wire_form import Body, body_of, counting_body, optional_in
from pmagent.types.actions import Json
from pmagent.types.talk import (
    ModelCard,
    ModelEvent,
    ModelRequest,
    Part,
    Stopped,
    Text,
)

_REFUSALS = frozenset({400, 422})
_NOT_THERE = frozenset({400, 404, 405, 422, 501})
_LEAST_RATIO, _MOST_RATIO = 0.25, 4.0


class Wire(Protocol):
    """A connection to a server. Faults are `WireFault`; no exception of a library leaves it."""

    def send(self, body: Mapping[str, Json]) -> Iterator[Frame]:
        """The frames of an answer."""
        ...

    def list_models(self) -> Sequence[Listed] | None:
        """The server's models; None where it gives no list."""
        ...

    def count_tokens(self, body: Mapping[str, Json]) -> int:
        """The tokens of a body."""
        ...

    def cut(self) -> None:
        """End whatever is under way, from any thread; the wire is of no use after."""
        ...


class MessagesModel:
    """One model at one server. Used from one thread at a time; `close` it when it is not needed."""

    def __init__(
        self, card: ModelCard, server: Server, *, make_wire: Callable[[], Wire], probes: Probes
    ) -> None:
        self._card = card
        self._server = server
        self._make_wire = make_wire
        self._probes = probes
        self._wire: Wire | None = None
        self._reading: Reading | None = None
        self._ratio = 1.0

    @property
    def card(self) -> ModelCard:
        """What is known of it; its limits are the server's own once it was reached."""
        found = self._known()
        return replace(
            self._card,
            context_tokens=found.context_tokens or self._card.context_tokens,
            max_output_tokens=found.max_output_tokens or self._card.max_output_tokens,
        )

    def connect(self) -> Features:
        """What the server can do. Loads the provider's package and asks once; takes seconds.

        Raises:
            ModelError: it cannot be used.
        """
        self._refuse_unusable()
        return self._find(self._connected())

    def stream(
        self, request: ModelRequest, *, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[ModelEvent]:
        """The answer as it comes, `Stopped` last; nothing more once `stop` is true.

        Raises:
            ModelError: the answer did not come whole. Events until then stay true.
        """
        self._refuse_unusable()
        self._end_reading()
        if stop():
            # Before anything is sent: the reader of its own would be faster than the first look.
            return
        reading = self._reading = Reading(lambda is_cut: self._frames(request, is_cut))
        assembler = Assembler()
        fault: WireFault | None = None
        try:
            for frame in reading.frames(stop):
                if frame is None:
                    return
                yield from assembler.take(frame)
                if assembler.stopped is not None:
                    break
        except WireFault as exc:
            fault = exc
        finally:
            if assembler.stopped is None:
                self._end_reading()
        if assembler.stopped is None:
            # Raised here, where no exception of a library is being handled: those hold the key.
            raise self._error(fault, assembler)
        reading.finish()
        self._keep_ratio(request, assembler.stopped)
        yield _checked(request, assembler.stopped)

    def count_tokens(self, request: ModelRequest) -> tuple[int, bool]:
        """The tokens of a request, as the server counts them; else an estimate, and True."""
        missing = self._known().missing
        if not self._card.problem and "count" not in missing:
            body = counting_body(body_of(request, self._card.id, missing=missing))
            try:
                return self._connected().count_tokens(body), False
            except WireFault as fault:
                if fault.answer.status in _NOT_THERE:
                    self._lacks(frozenset({"count"}))
        return round(estimate_tokens(request) * self._ratio), True

    def close(self) -> None:
        """End what is under way, and the connection."""
        self._end_reading()
        if self._wire is not None:
            self._wire.cut()
            self._wire = None

    def _frames(self, request: ModelRequest, is_cut: Callable[[], bool]) -> Iterator[Frame]:
        wire = self._connected()
        features = self._find(wire)
        missing, refused = features.missing, frozenset[Feature]()
        while not is_cut():
            body = self._body(request, missing, features)
            has_begun = False
            try:
                for frame in wire.send(body):
                    if not has_begun and refused:
                        self._lacks(refused)
                    has_begun = True
                    yield frame
            except WireFault as fault:
                more = frozenset[Feature]() if has_begun else _refused(fault, body)
                if not more:
                    raise
                missing, refused = missing | more, refused | more
            else:
                return

    def _body(self, request: ModelRequest, missing: frozenset[Feature], features: Features) -> Body:
        return body_of(
            request,
            self._card.id,
            missing=missing,
            most_output=features.max_output_tokens,
            is_told=not self._server.is_official,
        )

    def _connected(self) -> Wire:
        if self._wire is None:
            self._wire = self._make_wire()
        return self._wire

    def _find(self, wire: Wire) -> Features:
        return self._probes.find(self._server.address, self._card.id, wire.list_models)

    def _known(self) -> Features:
        return self._probes.known(self._server.address, self._card.id)

    def _lacks(self, features: frozenset[Feature]) -> None:
        # Parts of another model's answers are refused in this conversation, not by this server.
        lasting = features - {"opaque"}
        if lasting:
            self._probes.lacks(self._server.address, self._card.id, lasting)

    def _refuse_unusable(self) -> None:
        if self._card.problem:
            raise ModelError(
                self._card.problem,
                'set it with "pmagent model key" or ANTHROPIC_API_KEY, or use the model "offline"',
                kind="no_key",
            )

    def _end_reading(self) -> None:
        if self._reading is None:
            return
        if self._reading.is_reading:
            # First the mark, then the wire: a wire that is just being made sees the mark.
            self._reading.cut()
            wire, self._wire = self._wire, None
            if wire is not None:
                wire.cut()
        self._reading = None

    def _error(self, fault: WireFault | None, assembler: Assembler) -> ModelError:
        if fault is None:
            begun = assembler.has_begun
            fault = WireFault("cut") if begun else WireFault("malformed", "nothing at all")
        return model_error(fault, self._server, self._card.id, self._known().models)

    def _keep_ratio(self, request: ModelRequest, stopped: Stopped) -> None:
        """How far our estimates are off for this model, learned from what it counted."""
        usage = stopped.usage
        counted = usage.total_tokens - usage.output_tokens
        if counted and not usage.is_estimate:
            ratio = counted / estimate_tokens(request)
            self._ratio = min(max(ratio, _LEAST_RATIO), _MOST_RATIO)


def _refused(fault: WireFault, body: Body) -> frozenset[Feature]:
    if fault.what != "status" or fault.answer.status not in _REFUSALS:
        return frozenset()
    return refused_features(fault.said, optional_in(body))


def _checked(request: ModelRequest, stopped: Stopped) -> Stopped:
    """`stopped` with its words replaced by the JSON in them, where JSON was asked for.

    Raises:
        ModelError: they hold none, or not what was asked for.
    """
    schema = request.output_schema
    if schema is None or stopped.reason != "end_turn":
        return stopped
    text, value, problem = read_json(stopped.message.text)
    wrong = (problem,) if problem else misfits(value, schema)
    if wrong:
        raise ModelError(
            f"the answer of the model is not the JSON that was asked for: {'; '.join(wrong)}",
            "ask again, or choose another model",
            kind="malformed",
        )
    others: list[Part] = [p for p in stopped.message.parts if not isinstance(p, Text)]
    message = replace(stopped.message, parts=(*others, Text(text=text)))
    return replace(stopped, message=message)
