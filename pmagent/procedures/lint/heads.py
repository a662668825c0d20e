"""PL11, PL13 to PL17, PL20: what a file says of itself, and what must not stand in it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pmagent.procedures.lint.view import View, error, line_of, warning
from pmagent.secrets import find_secrets
from pmagent.types.procedures import IfStep, Problem, RunBudget

MOST_DESCRIPTION = 1_536
"""Characters of description and when to use together that a model is given."""
MOST_ALIKE = 0.9
_OVERRIDES = (
    re.compile(
        r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}"
        r"\b(?:previous|prior|above|earlier|preceding|system|safety|other|all)\b[^.\n]{0,30}"
        r"\b(?:instructions?|rules?|prompts?|directions?|guidelines|guidance|policies|safeguards)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\byou are (?:no longer (?:bound|restricted|limited|subject)"
        r"|now (?:in )?(?:developer|god|unrestricted|jailbroken|DAN))\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:(?:do not|don't|never) (?:tell|inform|alert)|without (?:telling|informing|alerting))"
        r" the (?:user|person|owner|human)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:reveal|print|repeat|send|leak)\b[^.\n]{0,20}\b(?:system prompt|hidden "
        r"instructions|api keys?|credentials)\b",
        re.IGNORECASE,
    ),
)
_HIDDEN = re.compile("[\u200b\u200c\u2060\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_QUOTED = re.compile(r"`[^`\n]*`|\"[^\"\n]*\"|“[^”\n]*”")


def no_budget(view: View) -> Iterator[Problem]:
    """PL11: a run that may use anything."""
    if view.procedure.budget != RunBudget():
        return
    line = line_of(view.procedure, "metadata")
    hint = "write budget: {steps: 40, minutes: 10, tokens: 150k, usd: 0.50} into its metadata"
    if view.procedure.autonomy in ("canary", "auto"):
        autonomy = view.procedure.autonomy
        yield error("PL11", line, f"it has no budget, and says autonomy: {autonomy}", hint)
    else:
        yield warning("PL11", line, "it has no budget", hint)


def secrets(view: View) -> Iterator[Problem]:
    """PL13: a key or a password, which a file that is shared must not hold."""
    for found in find_secrets(view.procedure.text):
        line = view.procedure.text.count("\n", 0, found.start) + 1
        yield error(
            "PL13",
            line,
            f"something that looks like a secret stands here ({found.kind})",
            "take it out, and change it where it is from: whoever saw the file has it",
        )


def overrides(view: View) -> Iterator[Problem]:
    """PL14: words that tell a model to leave its rules, or that no eye can see."""
    make = warning if view.procedure.is_trusted else error
    for number, line in enumerate(view.procedure.text.splitlines(), start=1):
        # What stands in quotes or as code is spoken of, such as a phrase that is looked for.
        plain = _QUOTED.sub(" ", line)
        for pattern in _OVERRIDES:
            found = pattern.search(plain)
            if found:
                said = " ".join(found[0].split())
                yield make(
                    "PL14",
                    number,
                    f"these words would have a model leave its rules: “{said}”",
                    "take them out, unless you wrote them and mean them",
                )
                break
        if _HIDDEN.search(line):
            yield make(
                "PL14", number, "this line has characters that cannot be seen", "type it anew"
            )


def no_use(view: View) -> Iterator[Problem]:
    """PL15: nothing says when to use it, so no one finds it but by its name."""
    if not view.procedure.when_to_use.strip():
        yield warning(
            "PL15",
            line_of(view.procedure, "description"),
            "it does not say when to use it",
            "write when_to_use: and one sentence",
        )


def alike(view: View) -> Iterator[Problem]:
    """PL16: another procedure is for the same, so that it is chance which one is taken."""
    own = view.procedure.when_to_use.strip()
    others = [
        (name, other.when_to_use.strip())
        for name, other in sorted(view.commands.items())
        if other is not None and name != view.procedure.name and other.when_to_use.strip()
    ]
    if not own or not others:
        return
    texts = [own, *(text for _, text in others)]
    vectors = view.embed(texts) if view.embed is not None else [_words(text) for text in texts]
    for (name, _), vector in zip(others, list(vectors)[1:], strict=True):
        nearness = _cosine(vectors[0], vector)
        if nearness > MOST_ALIKE:
            yield warning(
                "PL16",
                line_of(view.procedure, "when_to_use"),
                f'"/{name}" says nearly the same of when to use it ({nearness:.2f})',
                "say what tells them apart",
            )


def untried(view: View) -> Iterator[Problem]:
    """PL17: a branch that no simulation goes through."""
    ways = [step for step in view.steps if isinstance(step, IfStep)]
    if view.covered is None:
        if ways and view.scenarios is not None and not view.tests():
            yield warning(
                "PL17",
                ways[0].line,
                "no simulation goes through its branches",
                f'"pmagent sim suggest {view.procedure.name}" writes some',
            )
        return
    for step in ways:
        for branch in step.branches:
            if branch.path not in view.covered:
                yield warning(
                    "PL17",
                    branch.line,
                    f"no simulation goes through branch {branch.path}",
                    f'"pmagent sim suggest {view.procedure.name}" writes one',
                )


def too_long(view: View) -> Iterator[Problem]:
    """PL20: a description of which a model is given only the beginning."""
    size = len(view.procedure.description) + len(view.procedure.when_to_use) + 1
    if size > MOST_DESCRIPTION:
        yield warning(
            "PL20",
            line_of(view.procedure, "description"),
            f"its description and when to use it have {size:,} characters, and a model is given "
            f"{MOST_DESCRIPTION:,}",
            "move the rest below the heading",
        )


def _words(text: str) -> Sequence[float]:
    """A vector of the words of a text, by their hash."""
    counts = Counter(re.findall(r"\w+", text.lower()))
    vector = [0.0] * 509
    for word, count in counts.items():
        # Not hash(): it differs from one process to the next.
        vector[sum(ord(mark) * 31**at for at, mark in enumerate(word)) % len(vector)] += count
    return vector


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    size = math.sqrt(sum(x * x for x in one) * sum(x * x for x in other))
    return sum(x * y for x, y in zip(one, other, strict=True)) / size if size else 0.0
