"""Model steps of a run: the garden's models behind the engine's port, and the check of words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pmagent.procedures.engine.ports import Here, NoValue, Writing, Written
from pmagent.runs.wording import CountLines, NotWritten, Task, Wrote, find_problems, write_value
from pmagent.traces.running import RunTracing
from pmagent.traces.tracer import Used
from pmagent.types.actions import Json
from pmagent.types.procedures import Shape
from pmagent.types.runs import Spent
from pmagent.types.talk import Model, ModelCard, Usage


@dataclass(frozen=True, kw_only=True)
class ModelWriter:
    """Writes values with the models of one garden."""

    open_model: Callable[[str], Model]
    """By `fast`, `deep` or an alias; an empty name is the conversation's own."""
    tracing: RunTracing
    price: Callable[[Usage, ModelCard], Decimal | None]
    stop: Callable[[], bool] = lambda: False

    def write(self, writing: Writing, here: Here) -> Written | NoValue:
        """One attempt."""
        model = self.open_model(writing.tier)
        task = Task(
            procedure=here.procedure.name,
            guidance=writing.guidance,
            prose=writing.step.prose,
            values=writing.values,
            shape=writing.shape,
            good=writing.good,
        )
        usd: Decimal | None = Decimal(0)
        with self.tracing.span(here.run.id, writing.step.name or "value", "model") as span:
            made = write_value(model, task, writing.problems, writing.previous, self.stop)
            if made.usage.total_tokens:
                usd = self.price(made.usage, model.card)
            span.add_use(_used(made.usage, model.card, usd))
        spent = Spent(tokens=made.usage.total_tokens, usd=usd)
        match made:
            case Wrote(value=value, assumptions=assumptions):
                return Written(value=value, spent=spent, assumptions=assumptions)
            case NotWritten(why=why):
                return NoValue(why=why, spent=spent)


def _used(usage: Usage, card: ModelCard, usd: Decimal | None) -> Used:
    read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    return Used(
        provider=card.host or card.id,
        model=card.id,
        tokens_in=read,
        tokens_out=usage.output_tokens,
        tokens_cache_read=usage.cache_read_tokens,
        tokens_cache_written=usage.cache_write_tokens,
        usd=usd,
    )


@dataclass(frozen=True, kw_only=True)
class GroundedVerifier:
    """Holds a value against the values that its step could see."""

    count_lines: CountLines
    """Of a document that a value cites, whatever the ceiling."""

    def verify(
        self, value: Json, shape: Shape, values: Mapping[str, Json], here: Here
    ) -> Sequence[str]:
        """What is wrong with it; nothing where all of it holds."""

        def count_lines(path: str) -> int:
            return 0 if here.why_not_read(path) else self.count_lines(path)

        return find_problems(value, shape, values, count_lines)
