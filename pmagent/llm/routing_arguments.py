"""What a request names beside the command: files, a topic, days, a speaker, quoted words.

Pure patterns over English. A name is passed on as it was written; whether there is such a file or
speaker is for the command to find out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pmagent.llm.routing_words import (
    EPISODE_PATTERN,
    FILE_PATTERN,
    LONGEST,
    QUOTED_PATTERN,
    strip_courtesy,
)

_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = rf"(?:(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?|{_MONTH}\.?,? (?:19|20)\d\d)"
_SINCE = re.compile(rf"\b(?:--since[ =]|since |from )(?P<day>{_DAY})\b(?! to\b)", re.IGNORECASE)
_UNTIL = re.compile(rf"(?:--until[ =]|\b(?:until|till|up to) )(?P<day>{_DAY})\b", re.IGNORECASE)
_BETWEEN = re.compile(
    rf"\b(?:between|from) (?P<first>{_DAY}) (?:and|to) (?P<last>{_DAY})\b", re.IGNORECASE
)
_SPEAKER = re.compile(
    r"--speaker[ =]\"?(?P<flag>[\w-]+)|\b(?:said by|spoken by|only|quotes? (?:by|from)|lines? by"
    r"|words? of|in the words of) (?P<name>[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?)"
    r"|\b(?P<owner>[A-Z][\w-]+)['’]s (?:quotes|words|lines)\b"
)
_LINES = re.compile(r"\blines? (\d{1,6})(?:\s*(?:-|to|through|until)\s*(\d{1,6}))?", re.IGNORECASE)
_MOMENT = re.compile(
    r"\b(?:at|from|around|@)?\s*(?:minute |the )?(\d{1,2}:\d\d(?::\d\d)?)\b", re.IGNORECASE
)
_ABOUT = (
    r"\b(?:about|regarding|concerning|on the (?:topic|subject) of|with regard to|re:"
    r"|re(?= )|touching on)\s+",
    r"\b(?:on|around)\s+",
    r"\b(?:mentions?|mentioned|mentioning|discuss(?:ed|ing)?|cover(?:ed)?|bring up|brought up"
    r"|talk(?:ed|ing)?|raise[ds]?|said|say)\s+(?:of\s+)?",
    r"\b(?:for|of|into|to|with|from)\s+",
)
_TAIL = re.compile(
    r"\s*(?:[,;.!?]+\s*$|,?\s*\b(?:please|pls|plz|thanks|thank you|thx|asap|for me|for us"
    r"|before|(?:for|in|into|as) (?:an?|the|my|our) (?:[a-z]+ )?"
    r"(?:slides?|deck|post|talk|newsletter|blog|page|file|prd|spec|sessions?|interviews?|guide)"
    r"|(?:in|from) (?:my|our|the) (?:notes|archive|vault|transcripts|garden|episodes|interviews)"
    r"|so far|ever)\s*$)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[\w\"'”])[.!?;]\s+(?=\w)|,\s+(?:and|then|please|can you|could you)\b")
_TIME_TAIL = re.compile(
    rf"\s*,?\s*\b(?:since|from|until|till|up to|between|after|before|in|during)\s+(?:{_DAY})"
    rf"(?:\s+(?:and|to)\s+(?:{_DAY}))?\s*$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|a|an|our|my|any|some|all)\s+", re.IGNORECASE)
_EMPTY = re.compile(
    r"^(?:it|this|that|these|those|them|him|her|me|us|you|one|here|there|now|everything|anything"
    r"|(?:this|that|the) (?:one|file|note|transcript|episode|document|interview|recording)"
    r"|before|past|last|first|today|yesterday)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What a request names. Empty where it names none."""

    files: tuple[str, ...] = ()
    """Paths as written, `ep-041` for an episode by its number; with `:10-30` or `#12:44` where a
    place in it is named."""
    topic: str = ""
    quoted: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    """Days as the search takes them: `2024`, `2024-03` or `2024-03-14`."""
    speaker: str = ""


def read_arguments(text: str) -> Arguments:
    """What `text` names, in the order it is named."""
    line = " ".join(text[:LONGEST].split())
    since, until = _days(line)
    speaker = _SPEAKER.search(line)
    quoted = tuple(found[1] or found[2] for found in QUOTED_PATTERN.finditer(line))
    files = _files(line)
    return Arguments(
        files=files,
        topic=_topic(line, quoted),
        quoted=quoted,
        since=since,
        until=until,
        speaker=next((name for name in speaker.groups() if name), "") if speaker else "",
    )


def bare_topic(text: str) -> str:
    """A topic without courtesies, time, articles at its front and marks at its end."""
    before = None
    text = _SENTENCE.split(text, maxsplit=1)[0]
    while before != text:
        before = text
        text = _TAIL.sub("", _TIME_TAIL.sub("", text)).strip(" ,;:.!?\"'“”")
    text = _ARTICLE.sub("", text)
    return "" if _EMPTY.match(text) else text


def _files(line: str) -> tuple[str, ...]:
    spans = [
        (found.start(), found.end(), found[0].lstrip("@").strip("[]"))
        for found in FILE_PATTERN.finditer(line)
    ]
    for found in EPISODE_PATTERN.finditer(line):
        if not any(first <= found.start() < last for first, last, _ in spans):
            name = f"ep-{int(found['number']):03d}{found['place'] or ''}"
            spans.append((found.start(), found.end(), name))
    names = [name for _, _, name in sorted(spans)]
    if len(names) == 1 and not re.search(r"[:#]\d", names[0]):
        names = [names[0] + _place(line)]
    return tuple(dict.fromkeys(names))


def _place(line: str) -> str:
    """`:10-30` for "lines 10 to 30", `#12:44` for "at 12:44"."""
    if lines := _LINES.search(line):
        return f":{lines[1]}" + (f"-{lines[2]}" if lines[2] else "")
    moment = _MOMENT.search(line)
    return f"#{moment[1]}" if moment else ""


def _days(line: str) -> tuple[str, str]:
    if both := _BETWEEN.search(line):
        return _day(both["first"]), _day(both["last"])
    since, until = _SINCE.search(line), _UNTIL.search(line)
    return (_day(since["day"]) if since else ""), (_day(until["day"]) if until else "")


def _day(text: str) -> str:
    if text[0].isdigit():
        return text
    month, year = text.replace(",", " ").replace(".", " ").split()
    return f"{year}-{_MONTHS.index(month[:3].lower()) // 3 + 1:02d}"


def _topic(line: str, quoted: tuple[str, ...]) -> str:
    """What stands behind "about", else behind a weaker word; quoted words before all."""
    if quoted:
        return quoted[0]
    plain = EPISODE_PATTERN.sub(" ", FILE_PATTERN.sub(" ", strip_courtesy(line)))
    plain = _MOMENT.sub(" ", _LINES.sub(" ", " ".join(plain.split())))
    for marks in _ABOUT:
        places = list(re.finditer(marks, plain, re.IGNORECASE))
        for found in places[:1]:
            topic = bare_topic(plain[found.end() :])
            if topic:
                return topic
    return ""
