"""A sub-agent's task without a model: passages are found and handed back, judgements are not made.

A researcher's work is search, which needs no model. What others would write, plan or judge is said
to need one, with the passages that somebody would need for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from pmagent.llm.offline_steps import Means, Say, Step, Use
from pmagent.llm.offline_turn import Open
from pmagent.llm.routing_arguments import read_arguments
from pmagent.nlp.words import content_terms

Role = Literal["researcher", "planner", "writer", "fact-checker", "reviewer"]
_ROLE = re.compile(
    r"\b(researcher|planner|writer|fact[- ]?checker|reviewer)\b|\b(explorer|explore)\b",
    re.IGNORECASE,
)
_HEAD = 300
"""Characters of a system text in which a sub-agent is named; the agent's own names it later."""
MOST_QUERIES = 3
_LONGEST = 300
_LEAD = re.compile(
    r"^(?:(?:please|now|also|then|and)\b[\s:,]*)*"
    r"(?:(?:research|find out|find|search for|search|look for|look up|gather|collect|investigate"
    r"|explore|list|check|verify|review|write|draft|plan|report on|summari[sz]e)\b[\s:]*)?"
    r"(?:(?:all|every|any|the)\s+)*"
    r"(?:(?:passages?|mentions?|evidence|places?|everything)\s+)?(?:(?:about|on|of|for|that|whether)\s+)?",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"^(?:return|report|cite|answer|hand|give|quote|be|keep|include|use|do not|don't|no|only|each"
    r"|every|format|write your|list the sources|you|your)\b",
    re.IGNORECASE,
)
_LACKS: Mapping[Role, str] = {
    "researcher": "",
    "planner": "No plan was made: that needs a model. These passages bear on the task:",
    "writer": "Nothing was written: that needs a model. These passages bear on the task:",
    "fact-checker": (
        "No verdict was given: that needs a model. These passages are the nearest evidence:"
    ),
    "reviewer": "Nothing was judged: that needs a model. These passages bear on the task:",
}


def role_of(system: str) -> Role | None:
    """The shipped sub-agent whose instructions these are; None for the agent itself."""
    head = system[:_HEAD]
    if re.match(r"\s*You are pmagent\b", head):
        return None
    found = _ROLE.search(head)
    if found is None:
        return None
    name = (found[1] or "researcher").lower().replace(" ", "-")
    roles: Mapping[str, Role] = {
        "researcher": "researcher", "planner": "planner", "writer": "writer",
        "fact-checker": "fact-checker", "factchecker": "fact-checker", "reviewer": "reviewer",
    }  # fmt: skip
    return roles[name]


def plan_task(role: Role, turn: Open, means: Means) -> list[Step]:
    """One search for each question of the task, three at most; what they find is the report."""
    if "Search" not in means.tools:
        return [Say(text="Nothing was found: no search is on offer here.")]
    task = turn.asked[0] if turn.asked else ""
    queries = queries_of(task)
    if not queries:
        return [Say(text="The task names nothing that could be looked for.")]
    steps: list[Step] = [Say(text=_LACKS[role])] if _LACKS[role] else []
    for query in queries:
        head = f"Search: {query}"
        steps.append(Use(tool="Search", input={"query": query}, head=head))
    return steps


def queries_of(task: str) -> tuple[str, ...]:
    """What a task asks to be looked for: its first sentences with a subject.

    How to report is no subject.
    """
    pieces = [
        piece.strip(" -*\t")
        for piece in re.split(r"\n+|(?<=[.?!])\s+(?=[A-Z\"“])", task)
        if piece.strip(" -*\t")
    ]
    found: dict[str, None] = {}
    for piece in pieces:
        if _HOW.match(piece):
            continue
        arguments = read_arguments(piece)
        query = arguments.quoted[0] if arguments.quoted else _LEAD.sub("", piece).strip(" .?:")
        if content_terms(query):
            found[query[:_LONGEST]] = None
    return tuple(found)[:MOST_QUERIES]
