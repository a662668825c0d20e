"""What is odd about a transcript, a plain sentence each, to know before it is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pmagent.nlp.words import tokens
from pmagent.types.documents import Block
from pmagent.types.publishing import Turn

LITTLE_WORDS = 150
"""Less is too little for chapters."""
SAMPLE_WORDS = 120
"""Words of which the language is told together."""
MOST_SAMPLES = 120
OTHER_SHARE = 0.15
"""Of the samples: a language said less often is a loan or a quotation."""

_FREQUENT = {
    "English": "the and of to is that it you for was with this have are but they what not we so",
    "German": "der die das und ist nicht ich wir sie es ein eine auf mit den dem auch wie aber ja",
    "French": "le les des et est que une je nous vous dans pour pas qui avec mais sur ce cela oui",
    "Spanish": "el los las y es que una yo para pero con por como muy esto esta porque más se lo",
    "Italian": "il gli che di e è una non per con sono ma come questo anche della perché del mi si",
    "Portuguese": "o os as e é que uma não para com mas como isso muito porque também da do eu se",
    "Dutch": "de het een en is dat niet ik wij je van op met voor maar ook zijn als wat naar",
}
_SETS = {name: frozenset(words.split()) for name, words in _FREQUENT.items()}
_SCRIPTS = (
    ("Greek", "\u0370", "\u03ff"),
    ("Cyrillic script", "\u0400", "\u04ff"),
    ("Hebrew", "\u0590", "\u05ff"),
    ("Arabic script", "\u0600", "\u06ff"),
    ("Devanagari", "\u0900", "\u097f"),
    ("Thai", "\u0e00", "\u0e7f"),
    ("Japanese", "\u3040", "\u30ff"),
    ("Chinese", "\u4e00", "\u9fff"),
    ("Korean", "\uac00", "\ud7af"),
)


def remark(turns: Sequence[Turn], blocks: Sequence[Block]) -> tuple[str, ...]:
    """What is odd about these turns; times that cannot be used are told of by the clock."""
    if not turns:
        has_marks = any(block.text.strip() for block in blocks)
        return (
            "It marks only sounds such as music, and no words" if has_marks else "It says nothing",
        )
    notes: list[str] = []
    words = sum(len(turn.text.split()) for turn in turns)
    if words < LITTLE_WORDS:
        notes.append(f"It has only {words} {'word' if words == 1 else 'words'}")
    unnamed = sum(len(turn.text.split()) for turn in turns if not turn.speaker)
    if unnamed == words:
        notes.append("It names no speakers")
    elif unnamed * 5 > words:
        notes.append(f"{round(100 * unnamed / words)} percent of it names no speaker")
    timed = sum(turn.start_ms is not None for turn in turns)
    if not timed:
        notes.append("It has no times that can be used")
    elif timed < len(turns):
        notes.append(f"{len(turns) - timed} of its {len(turns)} turns have no time")
    if len(languages := languages_of([turn.text for turn in turns])) > 1:
        notes.append(f"It is in more than one language: {', '.join(languages)}")
    return tuple(notes)


def languages_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Languages or scripts that are more than a quotation, the most frequent first.

    Told by frequent words, and by letters where those are not Latin. Unknown ones are not named.
    """
    samples = _samples(texts)
    found = Counter(name for sample in samples if (name := _language(sample)))
    known = sum(found.values())
    return tuple(
        name
        for name, count in sorted(found.items(), key=lambda item: (-item[1], item[0]))
        if count >= max(1, OTHER_SHARE * known)
    )


def _samples(texts: Sequence[str]) -> list[str]:
    """Stretches of whole turns, evenly from all of them."""
    samples: list[str] = []
    taken: list[str] = []
    for text in texts:
        taken.append(text[:4_000])
        if sum(len(part.split()) for part in taken) >= SAMPLE_WORDS or len(text) > 800:
            samples.append(" ".join(taken))
            taken = []
    if taken:
        samples.append(" ".join(taken))
    step = -(-len(samples) // MOST_SAMPLES) or 1
    return samples[::step]


def _language(sample: str) -> str | None:
    letters = [character for character in sample if character.isalpha()]
    if not letters:
        return None
    for name, first, last in _SCRIPTS:
        if sum(first <= letter <= last for letter in letters) * 3 > len(letters):
            return name
    words = tokens(sample)
    counts = {name: sum(word in known for word in words) for name, known in _SETS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] * 10 >= len(words) else None
