"""Word lists by which a way of writing is measured: spelling variants, contractions, machine prose.

General English, short on purpose; a variant that is not here is not counted.
"""

from __future__ import annotations

import re

_PAIRS = """
colour color|favour favor|favourite favorite|behaviour behavior|honour honor|labour labor
neighbour neighbor|rumour rumor|humour humor|centre center|theatre theater|metre meter
organise organize|organisation organization|realise realize|recognise recognize
prioritise prioritize|optimise optimize|customise customize|summarise summarize
apologise apologize|emphasise emphasize|analyse analyze|catalogue catalog|dialogue dialog
defence defense|offence offense|travelled traveled|travelling traveling|cancelled canceled
labelled labeled|modelling modeling|fulfil fulfill|enrol enroll|grey gray|programme program
cheque check|learnt learned|whilst while|judgement judgment|sceptical skeptical|ageing aging
artefact artifact|cosy cozy|mum mom|tyre tire|storey story
"""
_BOTH = frozenset((
    "program",
    "dialog",
    "check",
    "while",
    "story",
    "learned",
    "mom",
    "tire",
    "meter",
))
"""American forms that the British write too."""
BRITISH = frozenset(
    pair.split()[0] for line in _PAIRS.strip().split("\n") for pair in line.split("|")
)
AMERICAN = (
    frozenset(pair.split()[1] for line in _PAIRS.strip().split("\n") for pair in line.split("|"))
    - _BOTH
)

SHORT_FORMS = re.compile(
    r"(?i)\b(?:\w+n't|(?:i|you|he|she|it|we|they|that|there|here|what|who)'(?:m|re|s|ve|ll|d)|let's)\b"
)
LONG_FORMS = re.compile(
    r"(?i)\b(?:(?:do|does|did|is|are|was|were|have|has|had|would|could|should|will|must) not|cannot"
    r"|i (?:am|have|will)|(?:you|we|they) (?:are|have|will)|(?:it|he|she|that|there|here|what) is"
    r"|(?:it|that) will|let us)\b"
)

_MACHINE = """
delve|delves|delving|tapestry|testament|realm|landscape|leverage|leveraging|robust|seamless
seamlessly|unlock|unlocks|unlocking|elevate|elevates|harness|harnessing|foster|fosters|fostering
pivotal|crucial|showcase|showcases|showcasing|underscore|underscores|holistic|nuanced|vibrant
bustling|transformative|cutting-edge|groundbreaking|game-changer|game-changing|ever-evolving
fast-paced|multifaceted|intricate|meticulous|meticulously|plethora|myriad|embark|synergy
streamline|empower|empowers|empowering|moreover|furthermore|additionally|in conclusion|in summary
in today's|at its core|deep dive|dive into|dives into|it's important to note
it is important to note|it's worth noting|not just|navigating the|whether you're|join us as
buckle up|paradigm|invaluable|insightful|thought-provoking|captivating|compelling|resonate
resonates|ultimately|journey|uncover|supercharge|actionable|unleash|demystify|comprehensive
profound
"""
MACHINE = tuple(word for line in _MACHINE.strip().split("\n") for word in line.split("|"))
"""What machine prose is fond of, in lower case."""
