"""`/interview-guide TOPIC`: whom to ask what, built on what the archive knows and does not know.

What the archive says is quoted and cited; what it does not say is marked as an assumption. Every
question is open: it asks for the last time something happened, never for an opinion of an idea.
"""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.discourse.salience import stands_alone
from pmagent.insights._evidence import Told
from pmagent.insights._page import ASSUMPTION, Page, slug_of
from pmagent.insights._topic_page import Sorted, show, show_clash, sort_topic
from pmagent.types.insights import Archive, Draft, Insight

USAGE = "interview-guide"


def interview_guide(arguments: Sequence[str], archive: Archive) -> Draft:
    """A guide to interviews on a topic.

    Raises:
        UsageError: no topic is named.
    """
    known = sort_topic(arguments, archive, usage=USAGE)
    page = Page(archive, f"Interview guide: {known.topic}")
    saved = f"drafts/interviews/{slug_of(known.topic)}.md"
    abstained = ""
    if not known.evidence.is_enough:
        abstained = f'the archive says nothing of "{known.topic}"'
        page.say(f"{abstained[0].upper()}{abstained[1:]}: all below is to be found out.")
    _goal(page, known)
    _known(page, known)
    _assumptions(page, known)
    _warm_up(page, known)
    _core(page, known)
    _probes(page, known)
    _would_change(page, known)
    return page.draft(path=saved, abstained=abstained)


def _goal(page: Page, known: Sorted) -> None:
    page.head("Goal")
    gaps = len(known.questions) + len(known.clashes)
    page.item(
        f'Learn what people do today about "{known.topic}", and what it costs them {ASSUMPTION}'
    )
    if gaps:
        page.item(
            f"Settle what the archive leaves open, quoted below: questions {len(known.questions)}, "
            f"places that do not agree {len(known.clashes)}"
        )


def _known(page: Page, known: Sorted) -> None:
    page.head("What the archive already says")
    shown = known.pick(_says_something, limit=7)
    for told in sorted(shown, key=lambda one: (one.citation.date, one.line.passage.path)):
        show(page, told, before=str(told.citation.date))
    if not shown:
        page.say("Nothing.")
    if known.clashes:
        page.head("Where it does not agree", depth=3)
        for clash in known.clashes:
            show_clash(page, clash)


def _says_something(told: Told) -> bool:
    line = told.line
    return not line.is_question and len(line.words) > 5 and stands_alone(line.text)


def _assumptions(page: Page, known: Sorted) -> None:
    page.head("Assumptions to test")
    voices = [name for name, _ in known.people]
    if voices:
        page.item(
            f"What {_listed(voices[:3])} say holds for people who were not recorded {ASSUMPTION}"
        )
    if not known.problems:
        page.item(f'"{known.topic}" is a problem for somebody; no file says so {ASSUMPTION}')
    for told in known.problems[:3]:
        page.item(f"This is still so, and happens often {ASSUMPTION}")
        show(page, told, before="because it was said", depth=1)
    if not known.figures:
        page.item(f"How often and how much is not known; no file has a number {ASSUMPTION}")


def _warm_up(page: Page, known: Sorted) -> None:
    page.head("Warm-up (five minutes)")
    page.item("What does an ordinary week look like for you?")
    page.item(f'Where in that week does "{known.topic}" come up, if it does?')
    page.item("Who else is involved when it does?")


def _core(page: Page, known: Sorted) -> None:
    page.head("Core questions")
    page.item(f'Tell me about the last time "{known.topic}" came up. What happened first?')
    page.item("What were you trying to get done in the hour before that?")
    page.item("What did you do instead, and what did that cost you in time or money?")
    for told in known.problems[:2]:
        page.item("When did something like this last happen to you, and what did you do?")
        show(page, told, before="from", depth=1)
    for clash in known.clashes[:2]:
        page.item("How does this go for you? Walk me through the last time")
        show(page, clash.earlier, before="one says", depth=1)
        show(page, clash.later, before="another says", depth=1)
    for question, _ in known.questions[:4]:
        page.item("Left open in the archive; ask for a story that answers it:")
        page.quote(question.line, depth=1)
    page.item("What have you tried already, and what made you stop?")


def _probes(page: Page, known: Sorted) -> None:
    page.head("Probes")
    page.item("What happened next? Can you show me?")
    page.item("How often was that in the last month?")
    page.item("What would have had to be different for you not to do that?")
    for told in known.figures[:2]:
        page.item("What would that number be for you?")
        show(page, told, before="said before", depth=1)
    page.item("Do not ask: would you use, would you pay, do you like, don't you think")


def _would_change(page: Page, known: Sorted) -> None:
    page.head("What would change our mind")
    for told in known.problems[:2]:
        page.item(f"Three people in a row for whom this is not so {ASSUMPTION}")
        show(page, told, depth=1)
    for clash in known.clashes[:2]:
        page.item(f"A count of our own that matches one of the two and not the other {ASSUMPTION}")
        show(page, clash.earlier, depth=1)
        show(page, clash.later, depth=1)
    page.item(f'Nobody brings "{known.topic}" up before they are asked about it {ASSUMPTION}')
    page.head("Whom to ask")
    for name, count in known.people[:6]:
        page.item(f"{name} speaks of it in {count} of the sentences found: already heard")
    page.item(
        f"People who left, and people who never began; the archive hears who stayed {ASSUMPTION}"
    )


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


insight = Insight(name=USAGE, run=interview_guide)
