"""The models of one garden: which there are, which answers now, and what each costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from pmagent.agency.grounds import AgencyGrounds
from pmagent.agency.replays import REPLAY, open_replay
from pmagent.config import Settings
from pmagent.errors import ModelError
from pmagent.llm.catalog import Catalog
from pmagent.llm.offline import OfflineModel
from pmagent.llm.opening import open_model
from pmagent.llm.probe import Probes
from pmagent.types.talk import Model, ModelCard, Usage

OFFLINE = "offline"


class Models:
    """Opens models by name. Nothing of a provider is loaded before one is used."""

    def __init__(
        self,
        settings: Settings,
        environment: Mapping[str, str],
        *,
        offline: Callable[[], Model],
        scripted: Model | None = None,
    ) -> None:
        """`scripted` stands for every model there is: a replay, in simulations and tests."""
        self._settings = settings
        self._environment = environment
        self._offline = offline
        self._scripted = scripted
        self._probes = Probes()

    @property
    def default(self) -> str:
        """What a conversation begins with, where nothing else is said."""
        return self._catalog.default if self._scripted is None else self._scripted.card.id

    def cards(self) -> Sequence[ModelCard]:
        """All that can be chosen."""
        if self._scripted is not None:
            return (self._scripted.card, *self._catalog.cards())
        return self._catalog.cards()

    def open(self, name: str, *, inherited: str = "") -> Model:
        """The model called `name`, for one thread.

        Raises:
            ModelError: there is none, or it cannot be used now.
            UsageError: a replay is none.
        """
        if self._scripted is not None and name != OFFLINE:
            return self._scripted
        if name.startswith(REPLAY):
            return open_replay(name.removeprefix(REPLAY))
        model = open_model(
            name,
            self._settings,
            self._environment,
            offline=self._offline,
            probes=self._probes,
            inherited=inherited,
        )
        if model.card.problem:
            raise ModelError(
                f'"{name}" cannot be used: {model.card.problem}',
                '"/model" lists what can; "offline" needs no key',
                kind="no_key",
            )
        return model

    @property
    def _catalog(self) -> Catalog:
        """Read anew, so that a key that was set meanwhile counts."""
        return Catalog(self._settings, self._environment)


def open_for_jobs(grounds: AgencyGrounds, name: str) -> Model:
    """The model called `name`, for a job outside of any conversation.

    Raises:
        ModelError: there is none, or it cannot be used now.
    """
    models = models_for_jobs(grounds)
    return models.open(name)


def models_for_jobs(grounds: AgencyGrounds) -> Models:
    """The models, for what is done outside of any conversation."""
    return Models(
        grounds.settings,
        grounds.environment,
        offline=lambda: OfflineModel(routes=tuple, suggestions=tuple),
        scripted=grounds.scripted,
    )


def price_of_use(usage: Usage, card: ModelCard) -> Decimal | None:
    """US dollars; None where the price is unknown, 0 where it is known to cost nothing."""
    if card.is_free:
        return Decimal(0)
    if card.price is None:
        return None
    # Late: the table of prices is needed only where something was spent.
    from pmagent.llm.prices import cost  # noqa: PLC0415

    return cost(usage, card)
