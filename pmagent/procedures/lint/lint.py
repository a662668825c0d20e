"""All rules over one procedure, and the table of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pmagent.procedures.lint import effects, fitting, flow, heads, models, naming
from pmagent.procedures.lint.view import Embed, Scenario, View
from pmagent.types.calls import CallSpec
from pmagent.types.procedures import Problem, Procedure

SUPPLIED = frozenset({"budget", "run", "site"})
"""Names that a run gives a value before its first step, besides its arguments."""

Check = Callable[[View], Iterator[Problem]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule, for the table in the documentation."""

    code: str
    title: str
    """What is wrong, in a few words."""
    why: str
    """What would happen to whoever ran such a file."""
    checks: tuple[Check, ...]
    """Empty where the file is not read so far: reading it finds them."""


def _rule(code: str, title: str, why: str, *checks: Check) -> Rule:
    return Rule(code=code, title=title, why=why, checks=checks)


_ALL = (
    _rule("PL01", "Unknown verb", "a step in bold that nobody can carry out"),
    _rule(
        "PL02",
        "Name without a value, or without a use",
        "a run that stops where the name is needed, or a step for nothing",
        naming.undefined,
        naming.unused,
    ),
    _rule(
        "PL03",
        "Effect without an Approve",
        "something leaves that nobody has seen",
        effects.unapproved,
    ),
    _rule("PL04", "Loop without a bound", "a list that grew uses up the budget", flow.unbounded),
    _rule("PL05", "Step that nothing reaches", "it looks as if it happened", flow.unreachable),
    _rule(
        "PL06",
        "Command there is not, or that leads back here",
        "a run that breaks off, or never ends",
        flow.cycles,
    ),
    _rule(
        "PL07",
        "Outside its allowed-tools",
        "the run is refused half way",
        effects.outside_ceiling,
    ),
    _rule(
        "PL08",
        "Step for the model without a type",
        "nothing can tell a good value from a bad one",
        models.untyped,
    ),
    _rule(
        "PL09",
        "Citations with nothing to cite",
        "the model has to make its sources up",
        models.unfounded,
    ),
    _rule(
        "PL10",
        "No way without a model",
        "with no key a person has to write it; an error where it is to run by itself",
        models.without_offline,
    ),
    _rule("PL11", "No budget", "nothing ends a run that goes wrong", heads.no_budget),
    _rule(
        "PL12",
        "Effect without an owner or a test",
        "nobody is asked when it goes wrong",
        effects.unowned,
    ),
    _rule("PL13", "Secret in the file", "whoever has the file has the key", heads.secrets),
    _rule(
        "PL14",
        "Words that override",
        "a file from elsewhere tells the model to leave its rules",
        heads.overrides,
    ),
    _rule("PL15", "Does not say when to use it", "it is found by its name alone", heads.no_use),
    _rule(
        "PL16",
        "For the same as another",
        "it is chance which one is taken",
        heads.alike,
    ),
    _rule("PL17", "Branch without a simulation", "nobody has seen it work", heads.untried),
    _rule(
        "PL18",
        "Value of the wrong type",
        "a run that stops where the value is used",
        fitting.misfits,
    ),
    _rule("PL19", "Role that is not clear", "an operand taken for another"),
    _rule(
        "PL20",
        "Description too long",
        "a model is given its beginning alone",
        heads.too_long,
    ),
)
RULES: Mapping[str, Rule] = {rule.code: rule for rule in _ALL}
"""Every rule by its code. `PL00` is no rule: the file cannot be read as a procedure there."""


def lint(
    procedure: Procedure,
    *,
    catalog: Mapping[str, CallSpec],
    commands: Mapping[str, Procedure | None],
    scenarios: Sequence[Scenario] | None = None,
    covered: Collection[str] | None = None,
    embed: Embed | None = None,
) -> tuple[Problem, ...]:
    """What is wrong with a procedure, by line; what reading it found included.

    `commands` are all there are, None for those that are no procedures. `scenarios` are the
    simulations there are and `covered` the paths of the branches they go through; None says that
    nobody looked. Without `embed`, what two procedures are for is compared by its words.
    """
    view = View(
        procedure=procedure,
        catalog=catalog,
        commands=commands,
        scenarios=scenarios,
        covered=covered,
        embed=embed,
        supplied=SUPPLIED,
    )
    found = [
        *procedure.problems,
        *(problem for rule in _ALL for check in rule.checks for problem in check(view)),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.line, one.code, one.message)))
