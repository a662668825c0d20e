"""What a sentence of a draft is: something to check, or an opinion, a question, a plan, a request.

Only plain signs count. What is doubtful is a statement: a claim checked for nothing costs less than
one that leaves unchecked.
"""

from __future__ import annotations

import re

from pmagent.types.checking import ClaimKind

_QUOTED = re.compile(r"[\"“](?P<words>[^\"“”]{2,})[\"”]")
_SPEAKS = re.compile(
    r"(?i)\b(?:sa(?:ys?|id)|t(?:ells?|old)|ask(?:s|ed)|add(?:s|ed)|call(?:s|ed)|put(?:s)? it|"
    r"explain(?:s|ed)|argue[sd]?|write[s]?|wrote|note[sd]?|quip(?:s|ped)|joke[sd]|insist(?:s|ed)|"
    r"recall(?:s|ed)|reply|replie[sd]|answer(?:s|ed)|warn(?:s|ed)|admit(?:s|ted)|according to|"
    r"in (?:his|her|their) words)\b|[—–]\s?[A-Z]"
)
_LEAST_QUOTED = 4
"""Words. Fewer in quotation marks are a term, or scare quotes."""
_OPINION = re.compile(
    r"""(?ix) \b(?: i\s(?:really\s|still\s|just\s|honestly\s|personally\s)?(?:think|feel
      |believe|guess|suspect|love|like|hate|prefer|hope|wish|doubt|find|suppose|imagine)
    | in\s(?:my|our)\s(?:opinion|view|humble) | to\s(?:my|our)\smind | imho?
    | if\syou\sask\s(?:me|us)
    | we\s(?:think|feel|believe|love|hope|guess) | i['’]d\s(?:argue|say|love|like|prefer)
    | i['’]m\s(?:convinced|sure|afraid|glad|happy|excited)
    | (?:should|shouldn['’]t|ought\sto|deserves?)\b | had\sbetter )"""
)
_PRAISE = re.compile(
    r"""(?ix) \b(?: best|worst|greatest|beautiful|wonderful|amazing|awesome|fantastic|delightful
      |lovely|terrible|horrible|boring|brilliant|stunning|fascinating|incredible|inspiring|fun
      |great|exciting|must-(?:read|listen|see|hear)|gem|masterpiece|perfect|hilarious )\b"""
)
_FACT = re.compile(r"\d|\b(?:percent|per\scent|won|founded|released|sold|published)\b")
_FUTURE = re.compile(
    r"""(?ix) \b(?: (?:will|won['’]t|shall)(?!\s(?:have\s)?been\b)\s(?!smith\b)\w+ | \w+['’]ll\s
    | (?:is|are|am|['’]s|['’]re|['’]m)\s(?:not\s)?(?:going\sto|about\sto|set\sto|due\sto)\s
    | (?:plans?|intends?|hopes?|aims?|expects?)\sto\s
    | (?:next|this\scoming)\s(?:week|month|year|quarter|spring|summer|autumn|fall|winter|season)
    | (?:coming|arriving|launching|shipping)\s(?:soon|next|in\s20\d\d) | stay\stuned | tomorrow )"""
)
_FUTURE_PAST = re.compile(
    r"(?i)\bthe (?:next|following) (?:week|month|year|day)\b|\b(?:had|was|were) \w*\s?(?:planned|"
    r"going|set|due) to\b|\bthought (?:\w+ )+will\b"
)
_ORDERS = (
    "subscribe click listen follow join visit check download send share sign tell try read watch "
    "grab support rate review leave email write remember see find let buy get enjoy consider "
    "register contact call go use make keep start stop learn discover tune head drop reach don't "
    "do think imagine note open close run install add set choose pick take ask look be never always"
)
_ORDER = re.compile(
    rf"(?i)^(?:please[,]?\s|so[,]?\s|and\s|then[,]?\s|now[,]?\s|just\s)?(?P<verb>{'|'.join(_ORDERS.split())})"
    r"\s(?!(?:is|are|was|were|has|have|had|of|said|says|will|would|can|comes?|came|costs?)\b)"
)
_PRICED = re.compile(r"\d")
_BOILERPLATE = re.compile(
    r"""(?ix) ^(?: thanks?\s(?:you\s)?(?:so\smuch\s)?(?:to\sour
      |for\s(?:listening|reading|watching|tuning))
    | copyright\b | © | \(c\)\s | all\srights\sreserved | music\s(?:is\s)?(?:by|from|courtesy)
    | (?:this|today['’]s)\s(?:episode|show)\sis\s(?:sponsored|brought|supported)
    | (?:edited|produced|mixed|hosted|transcribed)\s(?:and\s\w+\s)?by | welcome\s(?:back\s)?to
    | (?:support|find|follow|join)\s(?:us|the\sshow)\b | brought\sto\syou\sby | sponsored\sby
    | (?:this|the)\stranscript\s(?:may|was|is|has) | you['’]re\slistening\sto )"""
)


def kind_of(text: str) -> ClaimKind:
    """What a sentence is, read without its marks."""
    bare = text.strip().strip("*_ ")
    if bare.rstrip("\"”’')] ").endswith("?"):
        return "question"
    if has_quote(bare):
        return "quote"
    if is_boilerplate(bare) or _is_order(bare):
        return "instruction"
    if _OPINION.search(bare) or (_PRAISE.search(bare) and not _FACT.search(bare)):
        return "opinion"
    if _FUTURE.search(bare) and not _FUTURE_PAST.search(bare):
        return "future"
    return "statement"


def has_quote(text: str) -> bool:
    """Whether somebody's words stand in it, in quotation marks and with one who says them."""
    quoted = [match["words"] for match in _QUOTED.finditer(text)]
    if not any(len(words.split()) >= _LEAST_QUOTED for words in quoted):
        return False
    return (
        _SPEAKS.search(_QUOTED.sub(" ", text)) is not None
        or re.match(r"^[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+)*:\s", text) is not None
    )


def is_boilerplate(text: str) -> bool:
    """Whether it is what stands below every episode: thanks, credits, rights, sponsors."""
    return _BOILERPLATE.match(text.strip()) is not None


def _is_order(text: str) -> bool:
    match = _ORDER.match(text)
    if match is None:
        return False
    following = text[match.end() :].split(maxsplit=1)
    # "Reviews of the plan rose 40%" and "Read rates fell" are statements: a noun, then a verb.
    return not (_PRICED.search(text) and following and following[0].endswith("ed"))
