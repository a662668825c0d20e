"""The one way to get a model: by name, under a person's settings and environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pmagent.config import Settings
from pmagent.llm.catalog import OFFLINE, Catalog
from pmagent.llm.messages_model import MessagesModel, Wire
from pmagent.llm.probe import Probes
from pmagent.llm.servers import Key
from pmagent.secrets import Redactor, secret_values
from pmagent.types.talk import Model

_HEADERS_VARIABLE = "ANTHROPIC_CUSTOM_HEADERS"


def open_model(
    name: str,
    settings: Settings,
    environment: Mapping[str, str],
    *,
    offline: Callable[[], Model],
    probes: Probes,
    inherited: str = "",
) -> Model:
    """The model called `name`; `inherited` is what `inherit` means. Nothing is asked or loaded yet.

    `probes` is the one of this process. Why a model cannot be used stands in its card, and is
    raised when it is used.

    Raises:
        ModelError: there is no such model, or its address has no meaning.
    """
    catalog = Catalog(settings, environment)
    card = catalog.card(name, inherited=inherited)
    if card.id == OFFLINE:
        return offline()
    server = catalog.server

    def make_wire() -> Wire:
        # Late, and in the thread that reads: the provider's package takes seconds to load.
        from pmagent.llm.anthropic_model import AnthropicWire  # noqa: PLC0415

        key = catalog.key if isinstance(catalog.key, Key) else None
        redactor = Redactor((*_secrets(environment), *((key.value,) if key else ())))
        return AnthropicWire(server, key, redact=redactor.redact)

    return MessagesModel(card, server, make_wire=make_wire, probes=probes)


def _secrets(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The secrets of an environment, and the values of headers that the person adds."""
    lines = environment.get(_HEADERS_VARIABLE, "").split("\n")
    return (*secret_values(environment), *(line.partition(":")[2].strip() for line in lines))
