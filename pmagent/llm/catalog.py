"""Models by the names that people and files use for them, and what is known of each.

Names are aliases (`fast`, `deep`, `offline`, those of Claude Code, a person's own) or a provider's
full name. Which model an alias means is a setting; what ships is a start.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cached_property

from pmagent.config import Settings
from pmagent.errors import ModelError
from pmagent.llm.servers import Key, NoKey, Server, read_server
from pmagent.types.talk import ModelCard, Price

OFFLINE = "offline"
SHIPPED: Mapping[str, str] = {
    "fast": "claude-haiku-5-5",
    "deep": "claude-opus-5-5",
    "haiku": "claude-haiku-5-5",
    "sonnet": "claude-sonnet-5-5",
    "opus": "claude-opus-5-5",
    "fable": "claude-fable-5-2",
    # The most capable one that every account has.
    "best": "opus",
    # Planning with the one and acting with the other: here it acts.
    "opusplan": "sonnet",
}
LONG = "[1m]"
LONG_CONTEXT = 1_000_000
LOCAL_CONTEXT = 32_768
"""Taken for a model on this computer whose server does not say: many cut what is longer."""
OFFLINE_CARD = ModelCard(id=OFFLINE, alias=OFFLINE, is_local=True, is_free=True)
BASE_URL_VARIABLE = "ANTHROPIC_BASE_URL"
MODEL_VARIABLE = "ANTHROPIC_MODEL"
_OWN_VARIABLE = {
    alias: f"ANTHROPIC_DEFAULT_{alias.upper()}_MODEL" for alias in ("opus", "sonnet", "haiku")
}


class Catalog:
    """What a name means under these settings and this environment. Asks no server."""

    def __init__(self, settings: Settings, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._environment = environment

    @cached_property
    def server(self) -> Server:
        """Where models are asked.

        Raises:
            ModelError: the address that is set has no meaning.
        """
        return read_server(self._base_url)

    @cached_property
    def key(self) -> Key | NoKey:
        """The key for that server. The first look may take seconds; see `keys.find_key`."""
        # Late: the keyring's package looks for its backends, which nobody needs who is offline.
        from pmagent.llm.keys import find_key  # noqa: PLC0415

        return find_key(self._environment, self.server)

    @property
    def default(self) -> str:
        """The name that a conversation begins with.

        What is set; else `deep` where there is a key or a server of the person's own, else
        `offline`.
        """
        named = self._environment.get(MODEL_VARIABLE, "").strip() or self._settings.default_model
        if named and named not in {"default", "inherit"}:
            return named
        if self._base_url:
            return "deep"
        return "deep" if isinstance(self.key, Key) else OFFLINE

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every alias, those of every day first: `fast`, `deep`, `offline`, a person's own."""
        first = ("fast", "deep", OFFLINE)
        own = tuple(name for name in self._settings.models if name not in {*first, *SHIPPED})
        rest = tuple(name for name in SHIPPED if name not in first)
        return (*first, *own, *rest)

    def id_of(self, name: str, *, inherited: str = "") -> str:
        """The provider's name for what `name` means, without `[1m]`; `offline` for that.

        Raises:
            ModelError: it means nothing, or itself.
        """
        return self._resolve(name, inherited)[0]

    def card(self, name: str, *, inherited: str = "") -> ModelCard:
        """What is known of the model called `name`, without asking a server.

        Why it cannot be used, such as a missing key, stands in `problem`. `inherited` is what
        `inherit` means: the model of the session.

        Raises:
            ModelError: there is no such model.
        """
        model, is_long = self._resolve(name, inherited)
        if model == OFFLINE:
            return OFFLINE_CARD
        alias = self._alias(name, inherited)
        try:
            server = self.server
        except ModelError as exc:
            return ModelCard(id=model, alias=alias, problem=exc.message)
        price, context = _price_and_context(model, server)
        return ModelCard(
            id=model,
            alias=alias,
            context_tokens=LONG_CONTEXT if is_long else context,
            is_local=server.is_local,
            host=server.host,
            price=price,
            problem=self._problem(server),
        )

    def cards(self) -> tuple[ModelCard, ...]:
        """The cards of all aliases, in their order; those that mean nothing are left out."""
        return tuple(card for name in self.aliases if (card := self._card_or_none(name)))

    @property
    def _base_url(self) -> str:
        return self._environment.get(BASE_URL_VARIABLE, "").strip() or self._settings.base_url

    def _problem(self, server: Server) -> str:
        # Other servers may well want no key; those that do say so themselves.
        if server.is_official and isinstance(self.key, NoKey):
            return self.key.problem
        return ""

    def _card_or_none(self, name: str) -> ModelCard | None:
        try:
            return self.card(name)
        except ModelError:
            return None

    def _alias(self, name: str, inherited: str) -> str:
        if name in {"", "inherit"}:
            name = inherited or self.default
        bare = (self.default if name == "default" else name).removesuffix(LONG)
        return bare if bare in self.aliases else ""

    def _resolve(self, name: str, inherited: str) -> tuple[str, bool]:
        seen: set[str] = set()
        is_long = False
        while name not in seen:
            seen.add(name)
            is_long = is_long or name.lower().endswith(LONG)
            bare = name[: -len(LONG)] if name.lower().endswith(LONG) else name
            meaning = self._meaning(bare.strip(), inherited)
            if meaning == bare:
                return self._checked(bare), is_long
            name = meaning
        raise ModelError(
            f'the model "{name}" means itself',
            'mend "models" in your settings',
            kind="invalid_request",
        )

    def _meaning(self, name: str, inherited: str) -> str:
        if name in {"", "inherit"}:
            return inherited or self.default
        if name == "default":
            return self.default
        if name in self._settings.models:
            return self._settings.models[name]
        if (variable := _OWN_VARIABLE.get(name)) and (own := self._environment.get(variable)):
            return own.strip()
        return SHIPPED.get(name, name)

    def _checked(self, name: str) -> str:
        is_known = name == OFFLINE or "claude-" in name or bool(self._base_url)
        if is_known and name.isascii() and name.isprintable() and " " not in name:
            return name
        near = difflib.get_close_matches(name, self.aliases, n=1)
        known = ", ".join(self.aliases)
        raise ModelError(
            f'there is no model "{name}"',
            f'did you mean "{near[0]}"?' if near else f"it is one of {known}, or a full name",
            kind="model_not_found",
        )


def _price_and_context(model: str, server: Server) -> tuple[Price | None, int]:
    if server.is_local:
        return None, LOCAL_CONTEXT
    # Late: the table of prices takes 0.4 s to load.
    from pmagent.llm.prices import context_of, price_of  # noqa: PLC0415

    return price_of(model, server), context_of(model, server) or ModelCard.context_tokens
