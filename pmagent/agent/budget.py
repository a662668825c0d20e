"""What a turn may use and has used: steps, tokens, money, time. The limits are hard.

They are looked at before each request, and a request is made no longer than what is left pays for.
A sub-agent's share is set aside from its parent's; what it does not use is given back. What it
uses counts for all above it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from pmagent.types.talk import Model, ModelCard, ModelRequest, Usage
from pmagent.types.turns import Budget, EndReason, Spend

N = TypeVar("N", int, float, Decimal)

PriceOf = Callable[[Usage, ModelCard], Decimal | None]
"""US dollars for what was used; None where the price is unknown."""

RESERVE_STEPS = 2
"""With so many steps left a model is told to come to an end."""
LEAST_OUTPUT = 256
"""Tokens; a request that may say less is not made."""
DEAR_USD = Decimal("0.25")
"""What one request may cost before a person is told beforehand."""
USUAL_OUTPUT = 2_000
"""Tokens of an answer, where only a guess is wanted."""
_MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether the next request may be made."""

    reason: EndReason | None = None
    """The limit that forbids it; None where none does."""
    says: str = ""
    hint: str = ""
    max_tokens: int = 0
    """How much it may say."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What one request would use at most."""

    input_tokens: int
    output_tokens: int
    cost_usd: Decimal | None
    """None: the price is unknown."""
    is_estimate: bool


def estimate(request: ModelRequest, model: Model, price: PriceOf) -> Estimate:
    """What a request would use at most, before it is made."""
    tokens, is_estimate = model.count_tokens(request)
    most = min(request.max_tokens, model.card.max_output_tokens)
    usage = Usage(input_tokens=tokens, output_tokens=most)
    return Estimate(
        input_tokens=tokens,
        output_tokens=most,
        cost_usd=price(usage, model.card),
        is_estimate=is_estimate,
    )


def price_of_reading(tokens: int, card: ModelCard, price: PriceOf) -> Decimal | None:
    """The most that reading so much may cost: anew, or anew and written to the provider's cache."""
    anew = price(Usage(input_tokens=tokens), card)
    if anew is None:
        return None
    cached = price(Usage(cache_write_tokens=tokens), card)
    return anew if cached is None else max(anew, cached)


def foretell(card: ModelCard, reads: int, left: Decimal | None, price: PriceOf) -> str:
    """What a person is told before a turn whose every request is dear; empty where none is.

    `left` is what may be spent; None: there is no limit. An answer of usual length is assumed.
    """
    wanted = min(USUAL_OUTPUT, card.max_output_tokens)
    read = price_of_reading(reads, card, price)
    whole = price(Usage(input_tokens=reads, output_tokens=wanted), card)
    anew = price(Usage(input_tokens=reads), card)
    if read is None or whole is None or anew is None:
        return ""
    cost = read + whole - anew
    if cost <= DEAR_USD and (left is None or cost * 2 <= left):
        return ""
    limit = "no limit is set" if left is None else f"{left:.2f} USD may be spent"
    return (
        f'each request to "{card.id}" reads about {reads:,} tokens and costs about '
        f"{cost:.2f} USD; {limit}"
    )


class Meter:
    """The budget of one turn or sub-agent, and what it used. Safe to use from several threads."""

    def __init__(
        self,
        budget: Budget,
        *,
        clock: Callable[[], float],
        price: PriceOf,
        parent: Meter | None = None,
    ) -> None:
        self._given = budget
        self._clock = clock
        self._price = price
        self._parent = parent
        self._lock: threading.RLock = parent._lock if parent else threading.RLock()
        self._began = clock()
        self._waited = 0.0
        self._spend = Spend()
        self._taken = 0
        """Steps that `halve` took."""
        self._cap: int | None = None
        """Steps in all, while it went in circles."""
        self._children: list[Meter] = []
        self._last_cost: Decimal | None = None

    # -- what was used -----------------------------------------------------------------------------

    def charge(self, usage: Usage, card: ModelCard, model_s: float) -> None:
        """Count one request, here and above."""
        cost = self._price(usage, card)
        with self._lock:
            meter: Meter | None = self
            while meter is not None:
                meter._add(usage, cost, model_s)
                meter = meter._parent

    def _add(self, usage: Usage, cost: Decimal | None, model_s: float) -> None:
        known = self._spend.cost_usd
        self._last_cost = cost
        self._spend = replace(
            self._spend,
            steps=self._spend.steps + 1,
            usage=self._spend.usage + usage,
            cost_usd=None if known is None or cost is None else known + cost,
            model_s=self._spend.model_s + model_s,
        )

    def wait(self, seconds: float) -> None:
        """Time in which a person kept it waiting is not counted."""
        with self._lock:
            self._waited += seconds

    @property
    def spend(self) -> Spend:
        """What was used so far."""
        with self._lock:
            return replace(self._spend, time_s=self._elapsed())

    @property
    def budget(self) -> Budget:
        """The limits as they stand now."""
        with self._lock:
            return replace(self._given, steps=self._limit_steps())

    @property
    def steps_left(self) -> int | None:
        """Steps left for itself, without what is set aside; None: without limit."""
        with self._lock:
            return self._left_steps()

    @property
    def cost_left(self) -> Decimal | None:
        """US dollars left for itself; None: without limit, or nobody knows."""
        with self._lock:
            return self._left_cost()

    @property
    def is_late(self) -> bool:
        """Whether its time is up, or that of one above it."""
        with self._lock:
            above = self._parent is not None and self._parent.is_late
            return above or (
                self._given.time_s is not None and self._elapsed() > self._given.time_s
            )

    def _elapsed(self) -> float:
        return max(0.0, self._clock() - self._began - self._waited)

    def _limit_steps(self) -> int | None:
        limit = self._given.steps
        if limit is not None:
            limit = max(0, limit - self._taken)
        if self._cap is not None:
            limit = self._cap if limit is None else min(limit, self._cap)
        return limit

    def _left_steps(self) -> int | None:
        limit = self._limit_steps()
        if limit is None:
            return None
        set_aside = sum(max(0, child._left_steps() or 0) for child in self._children)
        return max(0, limit - self._spend.steps - set_aside)

    def _left_tokens(self) -> int | None:
        if self._given.tokens is None:
            return None
        set_aside = sum(max(0, child._left_tokens() or 0) for child in self._children)
        return self._given.tokens - self._spend.usage.total_tokens - set_aside

    def _left_cost(self) -> Decimal | None:
        if self._given.cost_usd is None or self._spend.cost_usd is None:
            return None
        kept = (max(Decimal(0), child._left_cost() or Decimal(0)) for child in self._children)
        return self._given.cost_usd - self._spend.cost_usd - sum(kept, Decimal(0))

    # -- before a request --------------------------------------------------------------------------

    def judge(self, card: ModelCard, *, input_tokens: int, wanted: int) -> Verdict:
        """Whether a request may be made that reads so much and wants to say so much."""
        with self._lock:
            verdict = self._judge(card, input_tokens, wanted)
            if verdict.reason is None and self._parent is not None:
                above = self._parent._judge_above(card, input_tokens)
                return above or verdict
            return verdict

    def _judge_above(self, card: ModelCard, input_tokens: int) -> Verdict | None:
        """What forbids it above, where what is set aside for the asker is not in the way."""
        limit = self._limit_steps()
        if limit is not None and self._spend.steps >= limit:
            return _spent("steps", f"all {limit} steps of the turn are used")
        if self._parent is not None:
            return self._parent._judge_above(card, input_tokens)
        return None

    def _judge(self, card: ModelCard, input_tokens: int, wanted: int) -> Verdict:
        left = self._left_steps()
        if left is not None and left <= 0:
            return _spent("steps", f"all {self._limit_steps()} steps are used")
        if self._given.time_s is not None and self._elapsed() >= self._given.time_s:
            return _spent("time", f"the {self._given.time_s:g} seconds are over")
        most = min(wanted, card.max_output_tokens)
        tokens = self._left_tokens()
        if tokens is not None:
            most = min(most, tokens - input_tokens)
            if most < min(LEAST_OUTPUT, wanted):
                said = f"of {self._given.tokens:,} tokens too few are left for a request"
                return _spent("tokens", said)
        if self._given.cost_usd is not None:
            affordable = self._affordable(card, input_tokens)
            if isinstance(affordable, Verdict):
                return affordable
            most = min(most, affordable)
            if most < min(LEAST_OUTPUT, wanted):
                said = f"of {self._given.cost_usd:.2f} USD too little is left for a request"
                return _spent("cost", said)
        return Verdict(max_tokens=most)

    def _affordable(self, card: ModelCard, input_tokens: int) -> int | Verdict:
        """How many tokens the money that is left pays for, after what is read."""
        left = self._left_cost()
        read = price_of_reading(input_tokens, card, self._price)
        # With what is read, for some models charge more for all of a long request.
        plain = Usage(input_tokens=input_tokens)
        with_million = self._price(replace(plain, output_tokens=_MILLION), card)
        without = self._price(plain, card)
        if left is None or read is None or with_million is None or without is None:
            return Verdict(
                reason="cost",
                says=f'the price of "{card.id}" is unknown, so it does not run under a cost limit',
                hint="take the limit off, or choose a model whose price is known",
            )
        per_million = with_million - without
        if per_million == 0:
            return card.max_output_tokens
        return int((left - read) / per_million * _MILLION)

    @property
    def is_short(self) -> bool:
        """Whether so few steps are left that it should come to an end."""
        left = self.steps_left
        return left is not None and left <= RESERVE_STEPS

    @property
    def runs_out(self) -> bool:
        """Whether three more steps like the latest would cost more than is left."""
        with self._lock:
            left = self._left_cost()
            tokens = self._left_tokens()
            steps = max(1, self._spend.steps)
            is_dear = (
                left is not None and self._last_cost is not None and self._last_cost * 3 > left
            )
            used = self._spend.usage.total_tokens
            return is_dear or (tokens is not None and used * 3 > tokens * steps)

    # -- what a person and the loop do to it -------------------------------------------------------

    def halve(self) -> int:
        """Take half of the steps that are left, never the last; how many are left then.

        Without a limit there is nothing to halve: 0.
        """
        with self._lock:
            left = self._left_steps()
            if left is None:
                return 0
            self._taken += left // 2
            return self._left_steps() or 0

    def restore(self) -> int:
        """Give back what `halve` took; how many steps are left then, 0 without a limit."""
        with self._lock:
            self._taken = 0
            return self._left_steps() or 0

    def cap(self, steps: int | None) -> None:
        """Leave only so many more steps; None takes that back."""
        with self._lock:
            self._cap = None if steps is None else self._spend.steps + steps

    # -- sub-agents --------------------------------------------------------------------------------

    def share(self, among: int) -> Budget:
        """What each of so many sub-agents may have, so that as much is left for itself."""
        with self._lock:
            left, tokens, cost = self._left_steps(), self._left_tokens(), self._left_cost()
            time_s = self._given.time_s
            parts = among + 1
            return Budget(
                steps=None if left is None else max(1, left // parts),
                tokens=None if tokens is None else max(0, tokens // parts),
                cost_usd=None if cost is None else max(Decimal(0), cost / parts),
                time_s=None if time_s is None else max(0.0, time_s - self._elapsed()),
            )

    def carve(self, budget: Budget) -> Meter:
        """A sub-agent's meter, with so much set aside until `give_back`."""
        with self._lock:
            child = Meter(budget, clock=self._clock, price=self._price, parent=self)
            self._children.append(child)
            return child

    def give_back(self, child: Meter) -> None:
        """What the sub-agent did not use is free again."""
        with self._lock:
            if child in self._children:
                self._children.remove(child)


def least(one: Budget, other: Budget) -> Budget:
    """The tighter of each limit."""
    return Budget(
        steps=_lesser(one.steps, other.steps),
        tokens=_lesser(one.tokens, other.tokens),
        cost_usd=_lesser(one.cost_usd, other.cost_usd),
        time_s=_lesser(one.time_s, other.time_s),
    )


def _lesser(one: N | None, other: N | None) -> N | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)


def _spent(reason: EndReason, says: str) -> Verdict:
    return Verdict(reason=reason, says=says, hint="go on with another message, or a larger budget")
