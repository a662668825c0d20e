"""Promises and action items of a transcript or note, as proposed cards with quote, place and time.

Nothing is put on the board: a person looks at each and says so. A sentence that hedges, asks,
supposes or reports is no promise (`discourse.acts`); what a board itself holds is not mined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from pmagent.discourse.acts import find_promises, quoted_through, without_quotes
from pmagent.discourse.lines import Line, Talk, said_of
from pmagent.ingest.passages import locate
from pmagent.nlp.plain_words import PLAIN_WORDS
from pmagent.nlp.words import STOP_WORDS, tokens
from pmagent.tasks.board.efforts import find_effort
from pmagent.tasks.board.importing import title_of
from pmagent.tasks.board.reading import card_id
from pmagent.tasks.board.spoken_days import find_day
from pmagent.types.documents import Document, format_time
from pmagent.types.tasks import Board, Card, CardLink, ProposedCard

LANE = "Inbox"
"""Where a proposed card goes once a person takes it."""
SAME_SHARE = 0.6
"""Of the shorter title's words that two cards share where they say the same."""
FEWEST_SAME = 2
FEWEST_KEPT = 3
"""Words of a title that are left where what says why is cut off."""
FEWEST_WORDS = {"promise": 3, "action": 2, "question": 2}
_SURE = frozenset({"front matter", "file name", "metadata"})
_ACTIONS = re.compile(
    r"(?i)^(?:our |the |my )?"
    r"(?:action(?: item| point)?s?|to-?dos?|next steps?|follow-?ups?|tasks)\b"
)
_QUESTIONS = re.compile(r"(?i)^(?:our |the )?(?:open questions?|questions? (?:to|we) \w+)\b")
_TASK_HEAD = re.compile(
    r"(?i)^(?:action(?: item)?s?|to-?do|next steps?|follow-?ups?|ai)"
    r"\s*(?:\((?P<who>[^)]{1,30})\))?\s*[:\-–—]\s*"
)
_BOX = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+\[(?P<check>[^\]])\]\s")
_OWNER = re.compile(r"^@?(?P<who>[^\W\d_][\w’'-]{1,20})(?:\s+to\s+(?=[a-z])|:\s+|\s+[-–—]\s+)")
_LABELS = frozenset({"ai", "action", "action item", "todo", "to-do"})
"""What stands before a colon as a speaker does, and is none."""
_AT_OWNER = re.compile(r"^@(?P<who>[^\W\d_][\w’'-]{1,20})\s+")
_WILL = re.compile(
    r"(?ix) \b(?:i|we)(?:['’]ll|\s(?:will|shall)|['’](?:m|re)\s(?:going\sto|gonna)"
    r"|\s(?:am|are)\sgoing\sto|\spromise\sto)\s"
    r"(?:(?:also|then|just|definitely|certainly|gladly|happily|still|personally|quickly|try\sto"
    r"|try\sand|be\ssure\sto)\s)*"
)
_TALK = re.compile(r"(?i)(?:mention|say|tell|note|talk)\b|look into[\s.!]*$")
"""What is done by saying it, or names nothing, is no card."""
_PLEASE = re.compile(
    r"(?i)\b(?:can|could|would|will) you (?:(?:please|maybe|just|also) )*(?P<what>.+)$"
)
_MUST = re.compile(r"(?i)^(?:so |and |then )?(?:we|i) (?:need|have|must)(?: to)? (?P<what>\w.+)$")
_LETS = re.compile(
    r"(?i)\b(?:(?P<lets>let['’]s) (?:all )?"
    r"(?:(?:make|be) sure (?:that )?(?:we |to )|remember to |not forget to )"
    r"|don['’]t let (?:me|us) forget to |(?:somebody|someone) remind me to )(?P<what>\w.+)$"
)
_LETS_DO = re.compile(
    r"(?i)^(?:(?:so|and|then|okay|ok|right|well),?\s)*let['’]s (?:all |also |please )?"
    r"(?P<what>(?:book|schedule|order|send|ship|write|draft|fix|update|publish|release|prepare"
    r"|test|invite|call|ring|email|review|cancel|finish|submit|print|record)\b.+)$"
)
"""What all of them are to do, where a day is said."""
_DUE = re.compile(
    r"(?ix) ^(?:(?:so|and|then|but|okay|ok|right|yes|yeah|no|alright|well),?\s)*"
    r"(?:(?:i|we)(?:['’]ll|\s(?:will|shall)|['’](?:m|re)\s(?:going\sto|gonna))\s"
    r"(?!(?:(?:both|all|also|then|just|certainly|definitely|still)\s)*"
    r"(?:be|have|see|talk|get|come|know|return|hear|find|leave|never|not|need|want|like|probably"
    r"|let|keep|take|give|go|continue|look|discuss|cover|chat|speak|meet|dive)\b)"
    r"|we\s(?=(?:decide|ship|launch|deliver|finish|publish|send|start)\b))"
    r"(?P<what>\w.+)$"
)
"""What is to be done by a day that is said, whatever it is."""
_MINE = re.compile(
    r"(?ix) ^(?:(?:so|and|then|but|okay|ok|right|yes|yeah|alright|well),?\s)*"
    r"(?:i\spromise\s(?:to|(?:that\s)?i(?:['’]ll|\swill))\s(?!(?:be|keep|stop|not|never|say|tell|talk"
    r"|get|try|do|let|come|make\sit)\b)|(?:i['’]ll|i\swill|i['’]m\s(?:going\sto|gonna))\s"
    r"(?=(?:retire|cancel|renew|sign|submit|transcribe|merge|deploy|install|chase"
    r"|apologi[sz]e|hand\sin|drop\soff|write\sup|put\stogether|sort\sout|clean\sup)\b))"
    r"(?P<what>\w.+)$"
)
"""What somebody takes on, in more verbs than `discourse.acts` trusts of a whole archive."""
_SET = re.compile(
    r"(?i)^(?:by|before|until|till|on|in|within|no later than|tomorrow|tonight|next|this"
    r"|(?:the )?end)"
)
"""How the words of a day begin that it is done by: a bare weekday may be what it is about."""
_OR_ELSE = re.compile(r"(?i)\bor (?:else )?(?:i|we)['’]?(?:ll| will)\b")
_CALLED = re.compile(
    r"^(?P<who>[A-Z][\w'’-]+),\s+(?:please\s+)?(?:can|could|would|will) you\b"
    r"|,\s+(?P<last>[A-Z][\w'’-]+)\s*\?$"
)
_REFUSED = re.compile(r"(?i)^\W*(?:no\b|nope|sorry|i (?:can['’]t|cannot|won['’]t|don['’]t))")
_WHICH = re.compile(r"(?i)\b(?:which|that|what|who|whom|where)\s+$")
_AFTER_ALL = re.compile(
    r"(?i),?\s+(?:so (?:that\b|people|everyone|everybody|all|make|check|listeners|you|as\b|if)"
    r"|because\b|since\b)|,\s+(?:so|which|as|since)\b|\s+[-–—]{1,2}\s+"
)
"""Where a card's words may end: what follows says why, or to whom."""
_SOON = re.compile(
    r"(?i)\b(?:tomorrow|tonight|next week|(?:on|this|next) (?:mon|tues|wednes|thurs|fri)day)\b"
)
_BY = re.compile(r"(?i)\b(?:by|before|no later than)\b")
_UNSURE = re.compile(
    r"(?i)\b(?:if|maybe|perhaps|might|could|would|should|whether|used to|had to|don['’]t"
    r"|didn['’]t)\b"
)
_SOME_DAY = date(2000, 1, 1)
_TRAIL = re.compile(r"[\s.!?,;:…]+$")


@dataclass(frozen=True, kw_only=True)
class _Found:
    line: Line
    kind: Literal["promise", "action", "question"]
    title: str
    who: str
    reason: str
    when_in: str
    """The words in which a day may be told."""


def mine_cards(
    document: Document, talk: Talk, *, board: Board | None = None, text: str = ""
) -> tuple[ProposedCard, ...]:
    """What the document asks to be done, in order, each once.

    A day is taken from the words where they say one, counted from the document's date; where that
    is only the day its file was changed, none is. `text` is the file as it stands: it tells open
    boxes from ticked ones. What `board` has is marked with its card's id.
    """
    if board is not None and board.path == document.path:
        return ()
    said_on = document.date if document.date_source in _SURE else None
    cards: list[ProposedCard] = []
    for found in _found(talk, text):
        if len(found.title.split()) < FEWEST_WORDS[found.kind]:
            continue
        if any(_is_same(found.line.text, other.card.links[0].quote) for other in cards):
            continue
        cards.append(_proposed(document, found, said_on, board))
    return tuple(cards)


def _found(talk: Talk, text: str) -> Iterator[_Found]:
    """Everything, in the order of the document."""
    rows = text.split("\n") if text else []
    promised = {
        promise.line.number: (promise.who, promise.asked)
        for promise in find_promises(talk)
        if not promise.line.is_task
    }
    answered = {
        promise.asked.number for promise in find_promises(talk) if promise.asked is not None
    }
    quoted = quoted_through(talk)
    first_of_turn = {turn[0].number for turn in talk.turns}
    for line in talk.lines:
        box = _box(line, rows)
        if box == "done" or (line.number in quoted and not box):
            continue
        is_item = not line.speaker and line.number in first_of_turn
        item = _item(line, is_box=box == "open") if is_item else None
        said = promised.get(line.number)
        if said is not None and (line.speaker or said[0] or item is None):
            found = _of_promise(line, said[1] if line.speaker or said[0] else None)
        else:
            found = item or _labelled(line) or _must(line) or _taken_on(line)
            if found is None and line.number not in answered:
                found = _asked(talk, line)
        if found is not None:
            yield found


def _taken_on(line: Line) -> _Found | None:
    """What somebody takes on in words of a day, or asks of all."""
    bare = without_quotes(line.text)
    if not line.is_whole or line.is_question:
        return None
    if (lets := _LETS.search(bare)) is not None and not _UNSURE.search(lets["what"]):
        reason = "it says “let's”" if lets["lets"] else "it asks to be reminded"
        return _Found(line=line, kind="action", title=_capital(lets["what"]),
                      who=line.speaker or "", reason=reason, when_in=line.text)  # fmt: skip
    if _UNSURE.search(bare):
        return None
    told = find_day(bare, _SOME_DAY)
    if told is not None and (lets := _LETS_DO.match(bare)) is not None:
        reason = "it says “let's”, and by when"
        return _Found(line=line, kind="action", title=_capital(lets["what"]),
                      who=line.speaker or "", reason=reason, when_in=line.text)  # fmt: skip
    due = _DUE.match(bare) if told is not None and _SET.match(told.words) else None
    found = (due or _MINE.match(bare)) if line.speaker and not _OR_ELSE.search(bare) else None
    if found is None or not 3 <= len(line.words) <= 40 or _TALK.match(found["what"]):
        return None
    reason = "it says what will be done, and by when" if due else "whoever speaks takes it on"
    return _Found(line=line, kind="promise", title=_capital(found["what"]), who=line.speaker or "",
                  reason=reason, when_in=line.text)  # fmt: skip


def _asked(talk: Talk, line: Line) -> _Found | None:
    """What somebody is asked to do by a day, and does not refuse."""
    bare = without_quotes(line.text)
    found = _PLEASE.search(bare)
    if found is None or not line.is_whole or _BY.search(bare) is None:
        return None
    reply = talk.turn_of(line, 1)
    first = min(reply, key=lambda one: one.number) if reply else None
    if find_day(bare, _SOME_DAY) is None or (first and _REFUSED.match(first.text)):
        return None
    called = _CALLED.search(bare)
    name = (called["who"] or called["last"]) if called else first.speaker if first else ""
    reason = f"{name} is asked for it by a day" if name else "it is asked for by a day"
    told = found["what"]
    if called and called["last"]:
        told = told[: told.rfind(",")]
    return _Found(line=line, kind="action", title=_capital(told), who=line.speaker or "",
                  reason=reason, when_in=line.text)  # fmt: skip


def _must(line: Line) -> _Found | None:
    """What somebody says has to be done by a day."""
    found = _MUST.match(without_quotes(line.text))
    if found is None or not _is_set_for_a_day(line) or _TALK.match(found["what"]):
        return None
    return _Found(line=line, kind="action", title=_capital(found["what"]), who=line.speaker or "",
                  reason="it says what must be done, and by when", when_in=line.text)  # fmt: skip


def _of_promise(line: Line, asked: Line | None) -> _Found | None:
    if asked is not None:
        found = _PLEASE.search(asked.text)
        told = found["what"] if found else asked.text
        return _Found(
            line=line, kind="promise", title=_capital(told), who=line.speaker or "",
            reason=f"it says yes to “{asked.text}”", when_in=f"{asked.text} {line.text}",
        )  # fmt: skip
    head = _TASK_HEAD.match(line.text)
    if head is not None:
        return _task(line, line.text[head.end() :], head["who"] or "", "it is marked as a task")
    bare = without_quotes(line.text)
    found = next((one for one in _WILL.finditer(bare) if not _TALK.match(bare[one.end() :])), None)
    if found is None and _WILL.search(bare):
        return None  # "which we're going to look into" names nothing
    told = line.text[found.end() :] if found else line.text
    title = _capital(told)
    if found is not None and _WHICH.search(bare[: found.start()]):
        title = title_of(_TRAIL.sub("", line.text))  # what it is done to stands before
    said = found[0].split()[0] if found else "so"
    reason = f"whoever speaks says “{said}”" if line.speaker else f"it says “{said}”"
    return _Found(line=line, kind="promise", title=title, who=line.speaker or "",
                  reason=reason, when_in=line.text)  # fmt: skip


def _item(line: Line, *, is_box: bool) -> _Found | None:
    """An item of a note's list of things to do, or of open questions."""
    if line.text in line.passage.heading or len(line.words) < 2:
        return None
    is_listed = line.is_whole and _ACTIONS.match(line.heading) is not None
    if is_box or (is_listed and not line.is_question):
        reason = "it is an open box" if is_box else f"it stands under “{line.heading}”"
        head = _TASK_HEAD.match(line.text)
        told = line.text[head.end() :] if head else line.text
        return _task(line, told, (head["who"] or "") if head else "", reason)
    if line.is_question and line.is_whole and _QUESTIONS.match(line.heading):
        reason = f"it stands under “{line.heading}”"
        return _Found(line=line, kind="question", title=title_of(line.text), who="",
                      reason=reason, when_in="")  # fmt: skip
    return None


def _labelled(line: Line) -> _Found | None:
    """An action item whose mark was taken for a speaker: `AI: Ruth - prepare the demo`."""
    if not line.is_whole or (line.speaker or "").casefold() not in _LABELS:
        return None
    found = _task(line, line.text, "", "it is marked as a task")
    return replace(found, who="") if found.who == line.speaker else found


def _task(line: Line, told: str, who: str, reason: str) -> _Found:
    owner = _OWNER.match(told) or _AT_OWNER.match(told)
    # "Write to the man" and "Remember: …" name nobody.
    is_named = owner is not None and owner["who"].lower() not in PLAIN_WORDS | STOP_WORDS
    if owner is not None and is_named and not who:
        who, told = owner["who"], told[owner.end() :]
    return _Found(line=line, kind="action", title=_capital(told), who=who or line.speaker or "",
                  reason=reason, when_in=told)  # fmt: skip


def _box(line: Line, rows: Sequence[str]) -> Literal["", "open", "done"]:
    """Whether the line stands behind a box in the file, and whether that is ticked."""
    place = locate(line.passage, line.start, line.end).first_line - 1
    found = _BOX.match(rows[place]) if place < len(rows) else None
    if found is None:
        return ""
    return "open" if found["check"] == " " else "done"


def _is_set_for_a_day(line: Line) -> bool:
    said = without_quotes(line.text)
    return (
        line.is_whole
        and not line.is_question
        and 5 <= len(line.words) <= 40
        and (_BY.search(said) or _SOON.search(said)) is not None
        and _UNSURE.search(said) is None
        and find_day(said, _SOME_DAY) is not None
    )


def _capital(told: str) -> str:
    cut = _AFTER_ALL.search(told)
    if cut is not None and len(told[: cut.start()].split()) >= FEWEST_KEPT:
        told = told[: cut.start()]
    title = title_of(_TRAIL.sub("", told))
    return title[:1].upper() + title[1:]


def _proposed(
    document: Document, found: _Found, said_on: date | None, board: Board | None
) -> ProposedCard:
    line = found.line
    spot = locate(line.passage, line.start, line.end)
    told = find_day(found.when_in, said_on) if said_on is not None and found.when_in else None
    link = CardLink(
        place=f"{document.path}:{spot.first_line}",
        quote=line.text,
        at="" if spot.start_ms is None else format_time(spot.start_ms),
    )
    reason = found.reason
    if told is not None:
        reason += f"; “{told.words}”, said on {said_on}, is {told.day}"
    title = found.title or title_of(line.text)
    card = Card(
        id=card_id(f"{title} {link.place}"),
        title=title,
        lane=LANE,
        due=told.day if told is not None else None,
        effort=find_effort(found.when_in),
        links=(link,),
    )
    return ProposedCard(card=card, kind=found.kind, who=found.who, reason=reason,
                        duplicate_of=_on_board(card, link, board))  # fmt: skip


def _on_board(card: Card, link: CardLink, board: Board | None) -> str:
    """The card on the board that came from the same sentence, or says the same."""
    if board is None:
        return ""
    known = [*(one for lane in board.lanes for one in lane.cards), *board.archive]
    for one in known:
        is_same_place = any(
            other.quote == link.quote
            and other.place.rpartition(":")[0] == link.place.rpartition(":")[0]
            for other in one.links
        )
        if one.id == card.id or is_same_place or _is_same(one.title, card.title):
            return one.id
    return ""


def _is_same(one: str, other: str) -> bool:
    """Whether two titles share most of their words."""
    if card_id(one) == card_id(other):
        return True
    left, right = said_of(tokens(one)), said_of(tokens(other))
    shared = len(left & right)
    return shared >= FEWEST_SAME and shared >= SAME_SHARE * max(len(left), len(right))
