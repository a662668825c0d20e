"""What an interview guide and a requirements page have in common: a topic's evidence, sorted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pmagent.discourse.acts import decides, promises, without_quotes
from pmagent.discourse.figures import Named, find_names
from pmagent.discourse.lines import Talk, read_talk, topic_of
from pmagent.discourse.questions import OpenQuestion, find_open_questions, is_asked
from pmagent.discourse.salience import overlap, stands_alone
from pmagent.errors import UsageError
from pmagent.insights._evidence import Clash, Evidence, Told, find_clashes, gather
from pmagent.insights._page import Page
from pmagent.nlp.figures import figures_in
from pmagent.types.insights import Archive

MOST_READ = 6
"""Documents read whole for their open questions."""

_PAIN = re.compile(
    r"""(?ix)\b(?: problem|pain\w*|hurts?|los(?:e|es|ing)|leav(?:e|es|ing)\s(?:before|without
    |because|us|over)|left\s(?:before|without|because|us|over)|churn\w*|complain\w*|annoy\w*
    |angry|hate[sd]?|frustrat\w*|confus\w*|hard\sto|difficult
    |can(?:['’]t|not)|couldn['’]t|doesn['’]t\swork|broken|fail(?:ed|s|ing)?|lies|fibs|afraid|fear
    |worr(?:y|ied)|struggl\w*|stuck|waste\w*|slow|no-shows?|clash\w*|expensive|unpredictable
    |never\sknew|gave\sup )\b"""
)
_WANT = re.compile(
    r"""(?ix)\b(?: (?:they|people|owners?|customers?|users?|he|she|somebody|everyone
    |shops?)\s(?:all\s|also\s)?(?:want|need|wanted|needed|ask|asked)|wants|asked\s(?:for|whether
    |us\sfor)|asking\sfor|requests?|wish(?:es|ed)?|would\s(?:love|rather|pay)|looking\sfor
    |begged )\b"""
)
_NOBODY = re.compile(r"(?i)\b(?:nobody|no one|never|not)\b[^,;]* (?:ask|want|need)")
_MUST = re.compile(
    r"(?i)\b(?:must|should|has to|have to|needs? to|requires?|required|never|always|no more than"
    r"|in under)\b"
)
_NOT_DO = re.compile(
    r"(?i)\bwe (?:won't|will not|will never|are not (?:adding|building|going)|aren't (?:adding"
    r"|building|going))\b|\bout of scope\b|\bthe answer(?:'s| is) (?:still )?no\b"
)
_RISK = re.compile(
    r"(?i)\b(?:risk\w*|worr(?:y|ied)|danger\w*|could go wrong|afraid|if (?:it|they|we) (?:fail"
    r"|leave|stop)\w*|lose|losing|cheat\w*|share[sd]?|hide|hid|guardrail|stop rule|what if)\b"
)
_RISK_HEAD = re.compile(r"(?i)\brisks?\b|go wrong|guardrail|concerns?")
_GOAL_HEAD = re.compile(r"(?i)\bgoals?\b|\bobjectives?\b|\bmust do\b|requirements?")
_NON_GOAL_HEAD = re.compile(r"(?i)non-?goals?|won['’]t do|out of scope|not (?:doing|do)\b|is not\b")
_PROBLEM_HEAD = re.compile(r"(?i)\bproblem\b|\bpains?\b|\bwhy\b")
_METRIC_HEAD = re.compile(r"(?i)\bmetrics?\b|\bmeasures?\b|\bsuccess\b")


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """A topic's sentences by what they are good for; one may be good for several."""

    topic: str
    evidence: Evidence
    clashes: tuple[Clash, ...]
    questions: tuple[tuple[OpenQuestion, str], ...]
    """Open ones that are near the topic, with their document."""

    def pick(self, fits: Callable[[Told], bool], *, limit: int) -> tuple[Told, ...]:
        """The nearest sentences that fit and do not say the same."""
        taken: list[Told] = []
        for told in self.evidence.told:
            if len(taken) == limit:
                break
            is_new = all(overlap(told.line, other.line) <= 0.6 for other in taken)
            if is_new and fits(told):
                taken.append(told)
        return tuple(taken)

    @property
    def problems(self) -> tuple[Told, ...]:
        """Sentences that say what hurts."""
        return self.pick(is_problem, limit=5)

    @property
    def wants(self) -> tuple[Told, ...]:
        """Sentences that say what somebody asks for."""
        return self.pick(is_want, limit=5)

    @property
    def figures(self) -> tuple[Told, ...]:
        """Sentences with a number that counts something."""
        return self.pick(lambda told: bool(figures_in(told.line.text)), limit=6)

    @property
    def people(self) -> tuple[tuple[str, int], ...]:
        """Who speaks of the topic, and how many of its sentences are theirs."""
        counts = Counter(told.line.speaker for told in self.evidence.told if told.line.speaker)
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def sort_topic(arguments: Sequence[str], archive: Archive, *, usage: str) -> Sorted:
    """What the archive says of the topic that the arguments name.

    Raises:
        UsageError: there are none.
    """
    topic = " ".join(arguments).strip()
    if not topic:
        raise UsageError(f"{usage} needs a topic", f'such as "/{usage} onboarding"')
    evidence = gather(archive, topic)
    wanted = topic_of(topic)
    questions: list[tuple[OpenQuestion, str]] = []
    for path in evidence.paths[:MOST_READ] if evidence.is_enough else ():
        talk = read_talk(archive, path)
        near = _near_topic(talk, evidence, wanted)
        questions += [(one, path) for one in near]
    return Sorted(
        topic=topic,
        evidence=evidence,
        clashes=find_clashes(evidence.told) if evidence.is_enough else (),
        questions=tuple(questions),
    )


def is_problem(told: Told) -> bool:
    """Whether it says what hurts."""
    said = told.line.text
    is_headed = _PROBLEM_HEAD.search(told.line.heading) is not None
    return _is_statement(told) and (is_headed or bool(_PAIN.search(said)))


def is_want(told: Told) -> bool:
    """Whether it says what somebody asks for."""
    said = without_quotes(told.line.text)
    return _is_statement(told) and bool(_WANT.search(said)) and not _NOBODY.search(said)


def is_requirement(told: Told) -> bool:
    """Whether it says what has to be so."""
    head = told.line.heading
    if _NON_GOAL_HEAD.search(head) or is_non_goal(told):
        return False
    said = without_quotes(told.line.text)
    return _is_statement(told) and bool(_GOAL_HEAD.search(head) or _MUST.search(said))


def is_goal(told: Told) -> bool:
    """Whether it was decided, or promised, or stands as a goal."""
    return (
        _is_statement(told)
        and not is_non_goal(told)
        and (
            decides(told.line) or promises(told.line) or bool(_GOAL_HEAD.search(told.line.heading))
        )
    )


def is_non_goal(told: Told) -> bool:
    """Whether it says what will not be done."""
    said = without_quotes(told.line.text)
    is_headed = _NON_GOAL_HEAD.search(told.line.heading) and not told.line.speaker
    return not told.line.is_question and bool(is_headed or _NOT_DO.search(said))


def is_risk(told: Told) -> bool:
    """Whether it says what may go wrong."""
    is_headed = _RISK_HEAD.search(told.line.heading) and not told.line.speaker
    return _is_statement(told) and bool(is_headed or _RISK.search(told.line.text))


def is_metric(told: Told) -> bool:
    """Whether it measures something in per cent, money or time."""
    is_headed = _METRIC_HEAD.search(told.line.heading) and not told.line.speaker
    figures = " ".join(figures_in(told.line.text)).lower()
    return (bool(is_headed) and bool(figures)) or bool(
        re.search(r"percent|%|per cent|dollar|\$|minutes|days", figures)
    )


def names_in(known: Sorted, archive: Archive) -> tuple[Named, ...]:
    """People, companies and things named in what is said, without those who say it."""
    lines = tuple(told.line for told in known.evidence.told)
    if not lines:
        return ()
    talk = Talk(document=archive.document(lines[0].passage.path), lines=lines)
    return find_names(talk, limit=8)


def show(page: Page, told: Told, *, before: str = "", depth: int = 0) -> None:
    """A list item with the sentence and where it stands."""
    lead = f"{before}: " if before else ""
    page.item(f"{lead}“{told.line.text}” {page.source(told.citation)}", depth=depth)


def show_clash(page: Page, clash: Clash) -> None:
    """Both sides, the earlier first, with what is different."""
    page.item(f"{clash.kind}, on: {', '.join(clash.shared)}")
    for told in (clash.earlier, clash.later):
        show(page, told, before=str(told.citation.date), depth=1)


def _is_statement(told: Told) -> bool:
    return (
        not told.line.is_question
        and not told.line.is_task
        and (stands_alone(told.line.text) or len(told.line.keys) > 2)
    )


def _near_topic(talk: Talk, evidence: Evidence, wanted: frozenset[str]) -> list[OpenQuestion]:
    """Open questions of a document that is about the topic, or that name it."""
    is_about = len({
        one.line.passage.id for one in evidence.told if one.line.passage.path == talk.document.path
    })
    whole = topic_of(talk.document.title)
    found: list[OpenQuestion] = []
    for question in find_open_questions(talk):
        names = wanted & question.line.said
        is_near = any(one.line.passage.id == question.line.passage.id for one in evidence.told)
        if names or (is_near and is_about > 1) or wanted & whole:
            found.append(question)
    return found


def asked_of(sorted_topic: Sorted) -> tuple[Told, ...]:
    """Questions that were asked on the topic, answered or not."""
    return sorted_topic.pick(lambda told: is_asked(told.line), limit=4)
