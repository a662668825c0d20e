"""How often a plain request finds its command without a model: `python -m benchmarks.routing`.

The golden set is cut in halves by a hash of each request; the constants were fitted on the first
half alone. The fresh set was written afterwards and never fitted on; both blind sets were written
without sight of the router. The first one's misses were read, the second one's never: judge by the
fresh set and the second. Another set is named with
`--set`: lines of JSON with `text` and `want`, which is null where nothing should fire.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pmagent.llm.routing import DELTA, TAU, Choice, Encode, Routed, route
from pmagent.llm.routing_table import shipped_routes

HERE = Path(__file__).parent
TARGET = 0.95
"""Of the requests that have a command, how many go to it."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One request and the command it is for."""

    text: str
    want: str | None
    """The command; None where nothing should fire."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """How a set went, in requests."""

    right: int
    wrong: int
    """Went to another command: worse than to ask."""
    unsure: int
    among_three: int
    """Of those unsure, how many had the right command among their choices."""
    false_fires: int
    silent: int

    @property
    def top_1(self) -> float:
        """The share of those with a command that went to it."""
        return self.right / max(1, self.right + self.wrong + self.unsure)


def main() -> None:
    """Print the table; exit code 1 where a half or the set named is below the target."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--set", type=Path, help="another set than those that ship")
    options.add_argument("--misses", action="store_true", help="list what went wrong")
    options.add_argument("--fit", action="store_true", help="try constants on the first half")
    options.add_argument("--static", type=Path, help="a model cache: with static vectors")
    chosen = options.parse_args()
    encode = load_encoder(chosen.static) if chosen.static else None
    if chosen.fit:
        fit([case for case in read(HERE / "routing_golden.jsonl") if half_of(case) == 0])
        return
    sets = {str(chosen.set): read(chosen.set)} if chosen.set else shipped_sets()
    print(f"{'':<26}{'top-1':>8}{'right':>7}{'wrong':>7}{'unsure':>8}{'in 3':>6}{'false':>9}")
    lowest = 1.0
    for name, cases in sets.items():
        found = score(cases, encode=encode)
        lowest = min(lowest, found.top_1)
        print(
            f"{name[-25:]:<26}{found.top_1:>8.3f}{found.right:>7}{found.wrong:>7}"
            f"{found.unsure:>8}{found.among_three:>6}{found.false_fires:>5} of{found.silent:>3}"
        )
        if chosen.misses:
            print("\n".join(misses(cases, encode)))
    print(f"tau {TAU}, delta {DELTA}; {latency_ms(encode):.1f} ms of CPU a request")
    raise SystemExit(int(lowest < TARGET))


def shipped_sets() -> dict[str, list[Case]]:
    golden, blind = read(HERE / "routing_golden.jsonl"), read(HERE / "routing_blind.jsonl")
    return {
        "golden, fitted half": [case for case in golden if half_of(case) == 0],
        "golden, other half": [case for case in golden if half_of(case) == 1],
        "fresh": read(HERE / "routing_fresh.jsonl"),
        "blind, fitted half": [case for case in blind if half_of(case) == 0],
        "blind, other half": [case for case in blind if half_of(case) == 1],
        "blind, second": read(HERE / "routing_blind_2.jsonl"),
    }


def read(path: Path) -> list[Case]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Case(**json.loads(line)) for line in lines if line.strip()]


def half_of(case: Case) -> int:
    return hashlib.sha256(case.text.encode()).digest()[0] % 2


def score(
    cases: Sequence[Case], *, encode: Encode | None = None, tau: float = TAU, delta: float = DELTA
) -> Score:
    routes = shipped_routes()
    right = wrong = unsure = among = false_fires = 0
    for case in cases:
        found = route(case.text, routes, encode=encode, tau=tau, delta=delta)
        fired = found.name if isinstance(found, Routed) else None
        if case.want is None:
            false_fires += fired is not None
        elif fired is None:
            unsure += 1
            choices: tuple[Choice, ...] = found.choices if not isinstance(found, Routed) else ()
            among += case.want in {choice.name for choice in choices}
        else:
            right += fired == case.want
            wrong += fired != case.want
    silent = sum(case.want is None for case in cases)
    return Score(
        right=right,
        wrong=wrong,
        unsure=unsure,
        among_three=among,
        false_fires=false_fires,
        silent=silent,
    )


def misses(cases: Sequence[Case], encode: Encode | None) -> Iterator[str]:
    for case in cases:
        found = route(case.text, shipped_routes(), encode=encode)
        fired = found.name if isinstance(found, Routed) else None
        if fired != case.want:
            yield f"  {case.want!s:<16} {fired!s:<16} {case.text}"


def fit(cases: Sequence[Case]) -> None:
    for tau in (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7):
        for delta in (0.02, 0.03, 0.05, 0.08, 0.12):
            found = score(cases, tau=tau, delta=delta)
            print(f"tau {tau} delta {delta}: {found.top_1:.3f}, {found.false_fires} false")


def latency_ms(encode: Encode | None) -> float:
    texts = [case.text for case in read(HERE / "routing_golden.jsonl")]
    route(texts[0], shipped_routes(), encode=encode)
    began = time.process_time()
    for text in texts:
        route(text, shipped_routes(), encode=encode)
    return (time.process_time() - began) * 1000 / len(texts)


def load_encoder(cache: Path) -> Encode:
    from pmagent.index.static import load_static

    return load_static("all-MiniLM-L6-v2", cache).embed


if __name__ == "__main__":
    main()
