"""`signals.*`: remarks without their repetitions, in groups that speak of one thing, named, sized.

By meaning where an embedder is at hand, by words alone where there is none; each group says which.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pmagent.errors import UsageError
from pmagent.functions._arguments import (
    Given,
    number_in,
    record_of,
    records_of,
    share_of,
    text_in,
    texts_of,
    whole_of,
)
from pmagent.functions._nearness import Nearness, measure
from pmagent.nlp.counted import counted
from pmagent.nlp.keyphrases import pick_distinct, rank_phrases
from pmagent.nlp.words import tokens
from pmagent.publish.wording import clip
from pmagent.types.actions import Json
from pmagent.types.calls import CallDesk, CallSpec, Function, Parameter

Records = Sequence[Mapping[str, Json]]

SAME = 0.92
"""Cosine from which two remarks are one."""
NEAR_MEANING, NEAR_WORDS = 0.38, 0.08
"""Mean cosine from which two groups are one. The sample garden's four groups of remarks come out
from 0.30 to 0.40 by meaning, and from 0.06 to 0.10 by words."""
MOST_EXAMPLES = 3
MOST_TERMS = 5
SHARED = 2
"""Remarks that say a phrase which names their group."""
LABEL_WORDS = 8
LABEL_LEAST, LABEL_MOST = 3, 80
LARGE, MEDIUM = 8, 4
"""Remarks of a group of that size."""
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def _dedupe(given: Given, desk: CallDesk) -> Json:
    items = records_of(given, "items")
    same = share_of(given, "threshold", SAME)
    texts = [text_in(item, "text") for item in items]
    near = measure(texts, desk)
    folded = [" ".join(tokens(text)) for text in texts]
    kept: list[int] = []
    also: dict[int, list[str]] = {}
    for number in range(len(items)):
        twin = next(
            (
                one
                for one in kept
                if folded[one] == folded[number] or near.alike[one, number] >= same
            ),
            None,
        )
        if twin is None:
            kept.append(number)
            also[number] = []
        else:
            also[twin].append(text_in(items[number], "place"))
    return [
        {**items[number], "times": 1 + len(also[number]), "also": also[number]} for number in kept
    ]


def _cluster(given: Given, desk: CallDesk) -> Json:
    items = records_of(given, "items")
    least = whole_of(given, "min_size", 3)
    near = measure([text_in(item, "text") for item in items], desk)
    groups = [group for group in _groups(near, items) if _weight(items, group) >= least]
    groups.sort(key=lambda group: (-_weight(items, group), group[0]))
    rest = [text_in(item, "text") for item in items]
    return [_told(items, group, rest, near, desk) for group in groups]


def _groups(near: Nearness, items: Records) -> list[list[int]]:
    """Average linkage: the two nearest groups become one while they are near enough."""
    limit = NEAR_MEANING if near.how == "meaning" else NEAR_WORDS
    members = [[number] for number in range(len(items))]
    alike: NDArray[np.float64] = near.alike.astype(np.float64)
    np.fill_diagonal(alike, -1.0)
    while len(members) > 1:
        one, other = divmod(int(np.argmax(alike)), len(members))
        if alike[one, other] < limit:
            break
        one, other = min(one, other), max(one, other)
        alike = _joined(alike, one, other, len(members[one]), len(members[other]))
        members[one] = sorted(members[one] + members[other])
        del members[other]
    return members


def _joined(
    alike: NDArray[np.float64], one: int, other: int, size: int, other_size: int
) -> NDArray[np.float64]:
    mean = (alike[one] * size + alike[other] * other_size) / (size + other_size)
    alike[one, :], alike[:, one] = mean, mean
    alike[one, one] = -1.0
    return np.delete(np.delete(alike, other, axis=0), other, axis=1)


def _weight(items: Records, group: Sequence[int]) -> int:
    """Remarks of a group, repetitions counted."""
    return sum(max(1, number_in(items[number], "times")) for number in group)


def _told(
    items: Records, group: Sequence[int], texts: Sequence[str], near: Nearness, desk: CallDesk
) -> dict[str, Json]:
    inside = [texts[number] for number in group]
    members = frozenset(group)
    outside = [text for number, text in enumerate(texts) if number not in members]
    ranked = rank_phrases(inside, idf=desk.archive.idf, others=outside)
    # What several say names a group; what one says in rare words only looks telling.
    shared = sorted(ranked, key=lambda phrase: len(phrase.texts) < SHARED)
    central = near.alike[np.ix_(group, group)].sum(axis=1)
    best = sorted(range(len(group)), key=lambda place: (-float(central[place]), place))
    shown = [group[place] for place in best[:MOST_EXAMPLES]]
    days = sorted(text_in(items[number], "date") for number in group)
    places = [text_in(items[number], "place") for number in group]
    return {
        "id": hashlib.sha256("\n".join(sorted(places)).encode()).hexdigest()[:10],
        "count": _weight(items, group),
        "examples": [texts[number] for number in shown],
        "example_places": [text_in(items[number], "place") for number in shown],
        "terms": [phrase.text for phrase in pick_distinct(shared, limit=MOST_TERMS)],
        "places": [str(place) for place in places],
        "sources": sorted({text_in(items[number], "source") for number in group}),
        "first": days[0],
        "latest": days[-1],
        "how": near.how,
    }


def _label(given: Given, desk: CallDesk) -> Json:
    """The phrases that tell a group from the others; else the words of its first example."""
    del desk
    cluster = record_of(given, "cluster")
    examples = texts_of(cluster, "examples")
    # A name is made of words that can be read beside it, best of those that most examples share.
    spread = {
        term: sum(term in example for example in examples) for term in texts_of(cluster, "terms")
    }
    shown = [term for term, count in spread.items() if count]
    terms = [term for term in shown if spread[term] >= SHARED] or shown[:1]
    words = " and ".join(terms[:2]).split() or (examples[0].split() if examples else [])
    text = _EDGES.sub("", " ".join(words[:LABEL_WORDS]))
    text = clip(f"{text[:1].upper()}{text[1:]}", LABEL_MOST)
    if len(text) < LABEL_LEAST:
        raise UsageError("the group has no words to name it by", "name it by hand")
    return text


def _size(given: Given, desk: CallDesk) -> Json:
    """How big an opportunity is, from how many say it, in how many places, and since when."""
    del desk
    cluster = record_of(given, "cluster")
    prior = given.get("prior")
    count = number_in(cluster, "count")
    sources = len(texts_of(cluster, "sources"))
    known = records_of(prior, "hits") if isinstance(prior, Mapping) else ()
    is_known = bool(known) and isinstance(prior, Mapping) and not prior.get("abstained")
    size = _bucket_of(count)
    is_edge = count in (LARGE, LARGE - 1, MEDIUM, MEDIUM - 1)
    confidence = 0.6 + 0.15 * (sources > 1) + 0.1 * is_known - 0.2 * is_edge
    heard = f"{counted(count, 'remark')} in {counted(sources, 'document')}"
    before = "spoken of before" if is_known else "not spoken of before"
    return {"size": size, "confidence": round(confidence, 2), "why": f"{heard}, {before}"}


def _bucket(given: Given, desk: CallDesk) -> Json:
    del desk
    return _bucket_of(number_in(record_of(given, "cluster"), "count"))


def _bucket_of(count: int) -> str:
    return "large" if count >= LARGE else "medium" if count >= MEDIUM else "small"


_ITEMS = Parameter(name="items", shape="[any]")
_CLUSTER = Parameter(name="cluster", shape="any")

functions = (
    Function(
        spec=CallSpec(
            name="signals.dedupe",
            summary="The remarks, each once, with how often and where else it was made",
            parameters=(_ITEMS, Parameter(name="threshold", shape="float", is_optional=True)),
            gives=(
                "[{id: str, text: str, place: str, date: date, source: str, times: int, "
                "also: [str]}]"
            ),
        ),
        run=_dedupe,
    ),
    Function(
        spec=CallSpec(
            name="signals.cluster",
            summary="Groups of remarks that speak of one thing, largest first",
            parameters=(_ITEMS, Parameter(name="min_size", shape="int", is_optional=True)),
            gives=(
                "[{id: str, count: int, examples: [str], example_places: [str], terms: [str], "
                "places: [str], sources: [str], first: date, latest: date, how: meaning|words}]"
            ),
        ),
        run=_cluster,
    ),
    Function(
        spec=CallSpec(
            name="signals.label",
            summary="What a group is about, in at most eight words",
            parameters=(_CLUSTER,),
            gives="str 3..80",
        ),
        run=_label,
    ),
    Function(
        spec=CallSpec(
            name="signals.size",
            summary="How big an opportunity a group is, and how sure that is",
            parameters=(_CLUSTER, Parameter(name="prior", shape="any", is_optional=True)),
            gives="{size: small|medium|large, confidence: float, why: str}",
        ),
        run=_size,
    ),
    Function(
        spec=CallSpec(
            name="signals.bucket",
            summary="How big a group of remarks is, by their number alone",
            parameters=(_CLUSTER,),
            gives="small|medium|large",
        ),
        run=_bucket,
    ),
)
