"""What a sentence does: decides, promises, or neither. Few words are trusted, and much is refused.

A decision or promise that nobody made does more harm than one that is missed, so a sentence counts
only where its words commit their speaker, and not where it asks, hedges, supposes, reports others,
quotes, tells a habit, or takes the commitment back.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from pmagent.discourse.lines import Line, Talk

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|(?<!\w)‘[^’]*’(?!\w)")
_OPENING = re.compile(r"(?:^|(?<=[\s(—–-]))[\"“](?=\S).*$")
_CLOSING = re.compile(r"(?<=\S)[\"”](?=$|[\s.,;:!?)—–-])")
CONDITION = 80
"""Characters behind the committing words in which an "if" or a hedge still belongs to them."""
SHORT_YES = 2
"""Sentences of a reply that accepts: a longer one explains."""
HEADED = 2
"""Sentences under a heading "Decision" that are taken to say what was decided."""
_DECISION_HEAD = re.compile(
    r"(?i)^(?:the |our |final )?(?:decisions?|decided|resolved|resolution|agreed)\b"
)

_UNSURE = re.compile(
    r"""(?ix) \b(?: maybe|perhaps|probably|possibly|might|may\s(?:be|not|have)|could|would
    |wouldn['’]t
    |should\swe|if|whether|unless|suppose|supposing|imagine|wonder\w*|hopefully|hope|hoping
    |not\ssure|unsure|guess|thinking\s(?:of|about)|considering|tempted|nearly|almost|pretend
    |hypothetical\w*|for\s(?:example|instance)|let['’]s\ssay|as\sthough|or\ssomething
    |i\s(?:don['’]t\s)?think|i['’]d\s(?:like|love)|want(?:ed|s|ing)?\sto|were\sgoing\sto|was\sgoing\sto
    |tr(?:y|ied|ying)\sto\sdecide|as\ssoon\sas\spossible\sto )\b"""
)
_UNDECIDED = re.compile(
    r"""(?ix) \b(?: (?:have|has|had|did|do|does|could|can|is|are|was|were)(?:n['’]t|\snot|\snever)
      \s(?:\w+\s){0,2}(?:decide\w*|agree\w*|settle\w*|commit\w*|chos\w*|choose|conclude\w*)
    | never\s(?:\w+\s)?(?:decided|agreed|settled|committed|chose)
    | (?:before|until|when|once|after|till|how|why|where|what|which|who|unless|since|because|as)\s
      (?:we|they|i|you)(?:['’]ve|\shave|['’]d|\shad)?\s(?:\w+\s)?
      (?:decide\w*|agree\w*|settle\w*|chos\w+|choose|go\swith|went\swith)
    | (?:to|must|can|can['’]t|cannot|still|need\sto|have\sto|going\sto)\sdecide
    | yet\sto | still\s(?:deciding|undecided|open) | agree(?:d)?\sto\sdisagree
    | used\sto | back\sthen\swe | (?:stopped|undid|reversed)\b )"""
)
_HABIT = re.compile(
    r"""(?ix) \b(?: when(?:ever)?\s(?:i|we|you|he|she|they|a|the|somebody|someone)\b|usually|often
    |sometimes|typically|normally|always|or\si['’]ll|every\s(?:time|week|day|year|month)|generally|once\s(?:i|you)
    |tend\sto|these\sdays|(?:or|and)\sthen\s(?:i|we)['’]ll )"""
)

_SIDE = (
    r"(?:we|we['’]ve|we\shave|we['’]d|we\shad|the\s(?:team|group|board|committee)\s?(?:has|have)?)"
)
_BETWEEN = r"(?:\s(?:all|both|also|just|finally|then|already|basically|actually|collectively|now))*"
_DECIDED = re.compile(
    rf"""(?ix)
      \b{_SIDE}{_BETWEEN}\s(?:decided|agreed|settled|resolved|opted|concluded|chose|chosen|voted)
        {_BETWEEN}\s(?:to|on|that|not|against|for|upon|never|it)\b(?!\W*$|\s*,|\sbut\b)
    | \bi(?:['’]ve|\shave)\s(?:just\s|finally\s|now\s)?decided\s(?:to|not|on|against|that\swe)\b
    | (?:^|[,;:—–-]\s|\bso,?\s)(?:the\s|our\s|my\s)?(?:final\s)?decision(?:\sis|:|,|\.|\swas)
    | \b(?:it|that|this)(?:['’]s|\sis|\swas)\s(?:now\s|all\s)?(?:decided|agreed|settled)\b
    | \b(?:was|were|been|is|are)\s(?:agreed|decided|resolved)\s(?:to|that|on|upon)\b
    | \b(?:our|the)\s(?:choice|verdict|final\sanswer)\s(?:is|was)\b(?!\s(?:up|yours|between))
    """
)
_LETS = re.compile(
    r"""(?ix) (?:^|[,;:.—–-]\s|\b(?:so|okay|ok|right|then|and|fine|alright|well|yeah|yes),?\s)
      let(?:['’]s|\sus)\s(?:just\s|all\s)?
      (?:go\s(?:with|for|ahead\swith)|stick\swith|settle\son|agree\s(?:on|that|to)|keep\s(?:the|that|our)
      |drop\s(?:it|the|that)|ship\s(?:it|the)|make\sit\s(?:a|an|the|\d+|one|two|three|four|five|six|ten)\b
      |leave\s(?:it\sat|it\sout|out\sthe)|cut\sthe|build\sthe|kill\sthe|postpone|cancel)"""
)
_CHOSEN = (
    r"(?:add|build|use|chang|ship|charg|sell|support|offer|hir|launch|rais|accept|allow|touch|releas"
    r"|remov|drop|cut|publish|move)"
)
_WILL = re.compile(
    rf"""(?ix) \b(?: we\s(?:will|shall)\s(?:not|never)\s(?:ever\s)?{_CHOSEN}\w*
    | we\swon['’]t\s(?:ever\s|be\s)?{_CHOSEN}\w*
    | we(?:['’]re|\sare)\snot\s(?:going\sto\s{_CHOSEN}\w*
      |(?:adding|building|shipping|hiring|touching)\b)
    | we(?:['’]ll|\swill)\s(?:(?:just|only|also|definitely)\s)?(?:go\s(?:with|for)|stick\s(?:with
    |to)|settle\son|opt\sfor|drop\s(?:it|the)|keep\s(?:it|the))
    | we(?:['’]re|\sare)\s(?:definitely\s)?going\s(?:with|for)\b(?!\sa\s(?:walk|drink))
    | we\sgo\sto\s (?=.*\b(?:in|from|on)\s(?:january|february|march|april|may|june|july|august
    |september|october|november|december|monday|next)\b)
    )"""
)
_FROM = re.compile(
    r"""(?ix) (?:^|[.,;:—–-]\s|\bso,?\s)(?:from|as\sof|starting)\s
      (?:now\son|next\s(?:week|month|year|quarter)|(?:the\sfirst\sof\s)?(?:monday|tuesday|wednesday|thursday|friday
      |january|february|march|april|june|july|august|september|october|november|december)(?:\s\d+)?)
      ,?\s(?:the|we|it|every|each|our|nobody|no)\b"""
)
_FINDING = re.compile(
    r"(?i)\b(?:decided|concluded|agreed) (?:that )?(?:that['’]s|it|this|the \w+).{0,12}"
    r"\b(?:does|did|do|is|was)n['’]t\b"
    r"|\b(?:we|you|i)(?:['’]ll| will) be able\b|\bfor a (?:minute|moment|second|bit)\b"
    r"|\bpresumably\b|\b(?:decided|agreed) by\b|\bexample\b"
    r"|\b(?:how|once|when|if|after|until|whether|what) (?:\w+ ){0,3}(?:is|are|was|['’]s|been)?\s?"
    r"(?:agreed|decided)\b"
    r"|\b(?:how|what|when) (?:that|it|this)['’]s (?:agreed|decided)\b"
)
"""What is found out, or becomes possible, is not decided."""
_OF_OTHERS = re.compile(
    r"""(?ix) \b(?:they|he|she|it|people|someone|somebody|customers?|users?|clients?|folks)\b[^.;:]*
      \b(?:said|say|says|told|tell|think|thinks|thought|went|goes|asked|asks)\b
    | \b(?:was|were|is|be|i['’]m|am|just)\slike\b | \bi['’]?m\ssure\b"""
)

_STRONG = r"""send|e-?mail|check|look\s(?:into|at\sthat|that\sup|it\sup)|follow\sup|get\sback\sto
|circle\sback|prepare|update
|ask|(?:call|ring|phone)\s(?:you|him|her|them)|reach\sout|schedule|set\s(?:it|that|this)\sup|book|post|publish|make\ssure|review|go\sand\s(?:see|look|ask|check)
|link|investigate|report\sback|confirm|order|print|upload|forward|arrange|organi[sz]e|let\syou\sknow|dig\s(?:it\s|that\s|them\s)?(?:up|out)
|take\scare\sof|come\sback\s(?:to\syou|with)|deliver|rewrite|invite|refund|write\s(?:it|that|this|them|to|back)|hand\syou|say\sso
|pass\s(?:it|that|this|them)\son|drop\syou|measure|count\s(?:it|them)|test\s(?:it|that|this)"""
_WEAK = r"""add|fix|draft|build|bring|put|share|include|document|write|create|record|remove
|delete|pay|replace|provide|read|produce|handle
|finish|ship|find\sout|set\sup|type|raise|file|rename|test"""
_ACTION = f"(?:{_STRONG}|{_WEAK})"
_SOFT = (
    r"(?:also|then|just|definitely|certainly|gladly|happily|still|personally|quickly"
    r"|try\sto|try\sand|be\ssure\sto)"
)
_PROMISED = re.compile(
    rf"""(?ix) (?:^|[,;:.—–-]\s|\b(?:so|and|but|okay|ok|yes|yeah|sure|alright|well|then|that
    |which)\s)
      (?:(?P<self>i['’]ll|i\swill|i['’]m\s(?:going\sto|gonna)|i\sam\sgoing\sto|i\spromise\s(?:to|i['’]ll))
        |we['’]ll|we\swill|we['’]re\s(?:going\sto|gonna))
      \s(?:{_SOFT}\s)*(?P<verb>(?P<strong>{_STRONG})|{_WEAK})\b"""
)
_LATER = re.compile(
    r"(?i)\bshow ?notes\b|\blinks?\b|\bin writing\b|\bnext time\b|\bafter (?:this|the|we)\b"
)
_NOW = re.compile(
    r"(?i)\bon the (?:board|screen|table)\b|\bright now\b|\breal quick\b|\bhere\b\W*$"
    r"|\bon (?:the )?record\b|\bmy (?:bet|money|hat)\b|\bin a (?:minute|second|moment|sec)\b"
    r"|\bfirst line\b|\byou (?:read|say|go)\b"
)
_AND_THEN = re.compile(r"(?i)\b(?:and|so) then we\b")
_IDIOM = re.compile(
    r"""(?ix) \b(?: put\s(?:it|this|that)?\s?(?:like|another\sway|in\sperspective|differently
    |bluntly|simply|on\sthe\sspot)
    |ask\s(?:a|the|my)\s(?:\w+\s){0,2}question|add\sto\b|add\s(?:that|one\smore|to\s(?:that|what)|something|a\scomment|on\sto|onto|,)|(?:call|name)\s(?:it|that|them|him|her|this|out)\b
    |ask\s(?:you|a\squestion|one|this|the\squestion|a\sfollow|another|about|both|it\b|myself)|bring\s(?:up|us|it\sback|you\sback|this\sup|that\sup)|read\sthat\sas
    |(?:finish|wrap|sum)\sup|share\s(?:my|our|with\syou\s(?:a|an|my)|a\sstory|an\sanecdote|one|my\s(?:opinion|thought|experience|take|view)|a\s(?:little|bit|quick|few|couple|personal))
    |check\s(?:in|all\sthe\sboxes)|make\ssure\s(?:i\s(?:understand|got)|we\sget\sto)|work\son\smy|raise\s(?:my|a)\s(?:hand|point)
    |mention|include\smyself|open\sa\scan|note\sthat|tell\syou|say|write\s(?:a\sprompt|code|"|,|\s)|call\sup|drop\s(?:a|the)\s(?:bomb|name)
    |let\syou\s(?:go|guys|talk|know\sthat)|handle\sthe\strick|create\s(?:a\slittle\sbit|some))\b"""
)
_ASKED = re.compile(
    r"""(?ix)\b(?:can|could|would|will)\syou\s(?:please\s|maybe\s|just\s|also\s)*
      (?:send|e-?mail|look\sinto|prepare|update|call|ring|schedule|book|post|publish|make\ssure|find\sout|confirm|order|print
      |forward|arrange|draft|write\sup|put\stogether|follow\sup|bring|check\s(?:with|whether|if|that|on)|share\sthe)\b"""
)
_ACCEPTED = re.compile(
    r"""(?ix)^\W*(?:sure|yes|yeah|yep|ok(?:ay)?|will\sdo|of\scourse|absolutely|no\sproblem|certainly|gladly
    |i\swill|i['’]ll|happy\sto|consider\sit\sdone|on\sit|done)\b(?!\W+(?:but|no|i\s(?:can['’]t|don['’]t)|so|that['’]s))"""
)
_TASK = re.compile(
    r"(?i)^(?:action(?: item)?s?|to-?do|next steps?|follow-?ups?"
    r"|ai)\s*(?:\([^)]{1,30}\))?\s*[:\-–—]\s*\S"
    r"|\bdue:\d{4}-\d\d-\d\d"
)
_DONE = re.compile(r"(?i)^(?:done|finished|completed|closed|archive[d]?|shipped)\b")

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_WHEN = re.compile(
    rf"""(?ix) \b(?:(?:by|before|on|at|from|until|after|in|for)\s)?(?:
      (?:the\s)?end\sof\s(?:the\s|this\s|next\s)?(?:day|week|month|quarter|year|{_MONTHS})
    | (?:the\s)?(?:first|last|second)\sof\s(?:{_MONTHS}) | (?:next|this|the\scoming)\s(?:week
    |month|quarter|year|spring|summer|autumn|fall|winter|{_DAYS}|{_MONTHS})
    | (?:{_DAYS})(?:\s(?:morning|afternoon|evening|night))? | (?:tomorrow|tonight)(?:\s(?:morning
    |afternoon|night))?
    | (?:\d{{1,2}}(?:st|nd|rd|th)?\s)?(?:{_MONTHS.replace("may|", "")})(?:\s\d{{1,2}}(?:st|nd|rd
    |th)?)?(?:,?\s\d{{4}})?
    | \d{{4}}-\d\d-\d\d | \d{{1,2}}(?:st|nd|rd|th)\b
    | (?<=in\s)(?:a|an|one|two|three|four|five|six|ten|\d+)\s(?:hours?|days?|weeks?|months?|years?)
    )\b"""
)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What somebody says they will do."""

    line: Line
    who: str | None
    when: str = ""
    """The words of the sentence that say when."""
    asked: Line | None = None
    """The request it accepts, where it is one."""


def decides(line: Line) -> bool:
    """Whether the sentence states a decision of the speaker's side."""
    if not _can_commit(line) or len(line.words) > 60:
        return False
    said = without_quotes(line.text)
    found = _DECIDED.search(said) or _FROM.search(said) or _LETS.search(said) or _WILL.search(said)
    if found is None or _UNDECIDED.search(said) or _HABIT.search(said):
        return False
    if _FINDING.search(said):
        return False
    before, clause = said[: found.start()], said[: found.end() + CONDITION]
    return not (_OF_OTHERS.search(before) or _UNSURE.search(clause))


def find_decisions(talk: Talk) -> tuple[Line, ...]:
    """Sentences that state a decision, in order; of one turn's repetitions the first.

    In a note the first sentences under a heading such as "Decision" state one by standing there.
    """
    quoted = quoted_through(talk)
    under: Counter[str] = Counter()
    kept: list[Line] = []
    for line in talk.lines:
        is_headed = not line.speaker and line.is_whole and _DECISION_HEAD.match(line.heading)
        if is_headed and not line.is_question:
            under[line.passage.id] += 1
        is_decision = (is_headed and 0 < under[line.passage.id] <= HEADED) or (
            line.number not in quoted and decides(line)
        )
        if is_decision and not any(_says_again(line, other) for other in kept):
            kept.append(line)
    return tuple(kept)


def find_promises(talk: Talk) -> tuple[Promise, ...]:
    """What somebody says they will do, in order, each once."""
    quoted = quoted_through(talk)
    kept: list[Promise] = []
    for line in talk.lines:
        if line.number in quoted:
            continue
        promise = _accepted(talk, line) or _own(line)
        if promise and not any(_says_again(line, other.line) for other in kept):
            kept.append(promise)
    return tuple(kept)


def promises(line: Line) -> bool:
    """Whether the sentence commits its speaker to do a thing."""
    return _own(line) is not None


def without_quotes(text: str) -> str:
    """The text with what stands between quotation marks blanked: its words are somebody else's."""
    blanked = _QUOTED.sub(lambda found: " " * len(found[0]), text)
    closing = _CLOSING.search(blanked)
    if closing:  # it was opened in a sentence before
        blanked = " " * closing.end() + blanked[closing.end() :]
    return _OPENING.sub(lambda found: " " * len(found[0]), blanked)


def quoted_through(talk: Talk) -> frozenset[int]:
    """Numbers of the sentences that stand inside a quotation which other sentences open and end."""
    inside: list[int] = []
    for turn in talk.turns:
        waiting: list[int] | None = None
        for line in turn:
            rest = _QUOTED.sub("", line.text)
            if waiting is not None and not _CLOSING.search(rest):
                waiting.append(line.number)
            elif waiting is not None:
                inside += waiting
                waiting = None
            if _OPENING.search(rest):
                waiting = []
    return frozenset(inside)


def when_of(text: str) -> str:
    """The words that say when, as they stand; empty where none do."""
    found = _WHEN.search(text)
    return found[0] if found else ""


def _can_commit(line: Line) -> bool:
    """Whether it is a whole sentence with an end: what is cut short may have gone on otherwise."""
    is_ended = not line.speaker or line.text.rstrip("\"'”’) ").endswith((".", "!", "…"))
    is_broken_off = line.text.endswith(("...", "…", "-"))
    return (
        line.is_whole
        and is_ended
        and not is_broken_off
        and not line.is_question
        and len(line.words) >= 4
    )


def _own(line: Line) -> Promise | None:
    if _DONE.match(line.heading):
        return None
    said = without_quotes(line.text)
    if not line.speaker and line.is_whole and not line.is_question and _TASK.search(said):
        return Promise(line=line, who=None, when=_due(said))
    found = _PROMISED.search(said)
    if found is None or not _can_commit(line) or len(line.words) > 45 or _HABIT.search(said):
        return None
    clause = said[: found.end() + CONDITION]
    if _UNSURE.search(clause) or _OF_OTHERS.search(said[: found.start()]) or _NOW.search(said):
        return None
    # "And then we will publish those" tells how a thing works, not what will be done.
    tells_course = not found["self"] and _AND_THEN.search(said[: found.end()])
    if tells_course or _IDIOM.search(said[found.start("verb") :][:60]):
        return None
    when = when_of(said)
    is_firm = found["strong"] or when or _LATER.search(said)
    is_mine = found["self"] and found["verb"].lower() not in (
        "read",
        "finish",
        "write",
        "share",
        "put",
    )
    return Promise(line=line, who=line.speaker, when=when) if is_firm or is_mine else None


def _accepted(talk: Talk, line: Line) -> Promise | None:
    """A request whose answer, by somebody else and at once, is yes."""
    if not line.is_question or not line.is_whole or not _ASKED.search(without_quotes(line.text)):
        return None
    if _IDIOM.search(line.text) or line.number != max(one.number for one in talk.turn_of(line)):
        return None
    reply = talk.turn_of(line, 1)
    if not 1 <= len(reply) <= SHORT_YES:
        return None
    yes = min(reply, key=lambda one: one.number)
    if yes.speaker in (None, line.speaker) or not yes.is_whole or not _ACCEPTED.match(yes.text):
        return None
    return Promise(line=yes, who=yes.speaker, when=when_of(line.text), asked=line)


def _due(said: str) -> str:
    due = re.search(r"\bdue:(\S+)", said)
    return due[1] if due else when_of(said)


def _says_again(line: Line, other: Line) -> bool:
    keys = line.keys & other.keys
    return line.turn == other.turn and len(keys) * 2 >= max(1, min(len(line.keys), len(other.keys)))
