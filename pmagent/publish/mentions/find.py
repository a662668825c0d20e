"""Who and what a talk names that is worth a link: people, books, tools, companies, best first.

Every mention stands word for word in the source. An address is given only where a document writes
one beside the name; none is made up. What a name is called a kind of is said by the words around
it, or it is a thing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pmagent.discourse.lines import cite
from pmagent.nlp.known_names import FIRST_NAMES
from pmagent.publish.mentions.back import look_back
from pmagent.publish.mentions.cast import Cast, cast_of
from pmagent.publish.mentions.groups import Group, fold, gather, is_left_out, is_plain
from pmagent.publish.mentions.kinds import kind_of
from pmagent.publish.mentions.links import links_in
from pmagent.publish.mentions.signs import Ground, signs_of, weigh
from pmagent.publish.mentions.spans import find_spans
from pmagent.publish.mentions.uncased import find_uncased_spans, is_uncased
from pmagent.publish.source import Source
from pmagent.types.publishing import Mention

LOOKED_BACK = 15
"""Mentions whose earlier places are looked for."""
WEIGHED = 400
"""Names that are weighed, most often said first: a bound for very long talks."""

_LOWER = re.compile(r"(?<![\w'’])[a-z][\w’'-]*")


def find_mentions(
    source: Source, *, limit: int = 30, looked_back: int = LOOKED_BACK
) -> tuple[Mention, ...]:
    """Up to `limit` mentions, best first; the best `looked_back` with where else they are named.

    Linear in the words. Nothing but the other documents' words is read unless `looked_back` is
    more than 0; then up to 20 of those documents are.
    """
    cast = cast_of(source)
    ranked = rank_names(source, cast)
    links = links_in(source.talk.document)
    mentions = [
        Mention(
            text=group.text,
            kind=kind_of(group, cast.guests),
            count=group.count,
            citation=cite(source.archive, group.first.line),
            url=links.get("".join(group.words), ""),
            score=round(score, 4),
        )
        for score, group in distinct(ranked, limit)
    ]
    found = look_back(source, mentions[:looked_back])
    return tuple(
        replace(
            mention,
            url=mention.url or found[place].url,
            seen_before=found[place].places,
            is_new=found[place].is_new,
        )
        if place < len(found)
        else mention
        for place, mention in enumerate(mentions)
    )


def rank_names(source: Source, cast: Cast) -> list[tuple[float, Group]]:
    """Every name that may be worth a link with its log odds, best first."""
    ground = ground_of(source)
    weighed = ((weigh(signs_of(group, ground)), group) for group in names_in(ground, cast))
    return sorted(weighed, key=lambda item: (-item[0], item[1].first.line.number, item[1].words))


def names_in(ground: Ground, cast: Cast) -> list[Group]:
    """What is named, without hosts, months and plain words."""
    lines = ground.source.talk.lines
    if is_uncased(lines):
        spans = [span for line in lines for span in find_uncased_spans(line)]
        return _uncased(gather(spans), cast)
    groups = gather(span for line in lines for span in find_spans(line))
    named = [group for group in groups if not is_left_out(group, cast.left_out)]
    plain = {group.words for group in named if is_plain(group, ground.lower)}
    kept = [group for group in fold(named, plain) if group.words not in plain]
    return sorted(kept, key=lambda group: (-group.count, group.first.line.number))[:WEIGHED]


def _uncased(groups: Sequence[Group], cast: Cast) -> list[Group]:
    """Those of a talk without capitals: said twice, or as nothing but a name is."""
    return [
        group
        for group in groups
        if " ".join(group.words) not in cast.left_out | FIRST_NAMES
        and not cast.left_out.issuperset(group.words)
        and (group.count > 1 or group.is_cued or group.is_name)
    ]


def ground_of(source: Source) -> Ground:
    """What names of this talk are held against."""
    starts = [0]
    for line in source.talk.lines:
        starts.append(starts[-1] + len(line.text))
    lower = Counter(word for line in source.talk.lines for word in _LOWER.findall(line.text))
    return Ground(source=source, lower=lower, starts=tuple(starts))


def distinct(ranked: Sequence[tuple[float, Group]], limit: int) -> Iterator[tuple[float, Group]]:
    """The best, without those that are a part of one taken, or of which one taken is a part."""
    taken: list[str] = []
    for score, group in ranked:
        words = f" {' '.join(group.words)} "
        if len(taken) < limit and not any(words in one or one in words for one in taken):
            taken.append(words)
            yield score, group
