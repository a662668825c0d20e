"""One permission rule from its text: `Read(private/**)`, `Bash(git add:*)`, `mcp__memory`.

A rule is kept as it is written; what it means for a tool is in `policy`. What cannot be understood
is refused with its file and line, for a deny rule that silently says nothing is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from pmagent.errors import RuleFaultError
from pmagent.permissions import hosts, patterns
from pmagent.types.actions import Effect, Layer, Rule, Source

READ_TOOLS = frozenset({"Read", "Glob", "Grep", "Search", "Where", "Recall", "Index"})
"""Tools that change nothing and send nothing."""
EDIT_TOOLS = frozenset({
    "Edit", "Write", "NotebookEdit", "Rename", "Delete", "Import", "folder.draft",
    "notes.write", "board.add", "plan.keep",
})  # fmt: skip
"""Tools that change files and do nothing else."""
FILE_TOOLS = READ_TOOLS | EDIT_TOOLS
PERSON_TOOLS = frozenset({"AskUserQuestion", "ExitPlanMode"})
"""Tools whose work is to ask a person."""
FOR_GOOD = frozenset({"ghost.publish", "ghost.newsletter"})
"""Tools whose effect nothing takes back: no rule lets them run unasked."""
SHELL, FETCH, CD = "Bash", "WebFetch", "Cd"

PRIMARY_INPUTS: Mapping[str, tuple[str, ...]] = {
    "Agent": ("subagent_type",),
    "Skill": ("skill", "args"),
    "WebSearch": ("query",),
    "Command": ("name",),
    "Publish": ("target",),
    "Trello": ("op",),
}
"""The inputs that stand in the brackets of a rule for these tools, joined by a space."""
RuleAccess = Literal["read", "edit", "cd"]

_OLD_NAMES = {
    "Task": ("Agent",),
    "LS": ("Glob",),
    "NotebookRead": ("Read",),
    "KillShell": ("TaskStop",),
    "BashOutput": ("TaskOutput",),
    "TodoWrite": ("TaskCreate", "TaskUpdate"),
    "MultiEdit": ("Edit",),
    "SlashCommand": ("Skill",),
}
_RULE = re.compile(r"(?P<tool>[A-Za-z_*?][\w*?.:@-]*)(?:\((?P<spec>.*)\))?", re.DOTALL)
_PARAMETER = re.compile(r"(?P<name>[A-Za-z_][\w-]*):(?P<value>.*)", re.DOTALL)
# Parameters of the tools whose brackets otherwise hold a path or a command.
_FILE_PARAMETERS = {"offset", "limit", "pages", "replace_all", "output_mode", "multiline", "type"}
_FETCH_PARAMETERS = {"prompt"}
_SHELL_PARAMETERS = {"run_in_background", "dangerouslyDisableSandbox", "description"}
_MCP_LITERAL = re.compile(r"mcp__[A-Za-z0-9.-]+(?:_[A-Za-z0-9.-]+)*__")


def parse_rule(text: str, *, effect: Effect, layer: Layer, source: Source) -> Rule:
    """The rule that `text` is.

    Raises:
        RuleFaultError: it has no meaning. The message names the file and the line.
    """
    found = _RULE.fullmatch(text.strip())
    if found is None:
        raise _fault(text, source, 'it is neither "Tool" nor "Tool(what)"')
    spec: str | None = found["spec"]
    if spec is not None:
        spec = spec.replace("\\(", "(").replace("\\)", ")").strip()
        if not spec:
            raise _fault(text, source, "its brackets are empty")
    if spec == "*":
        spec = None
    rule = Rule(effect=effect, tool=found["tool"], spec=spec, layer=layer, source=source)
    try:
        _check(rule)
    except ValueError as exc:
        raise _fault(text, source, str(exc)) from exc
    return rule


def present_names(tool: str) -> tuple[str, ...]:
    """What a tool of an older name is called: `Task` is `Agent`, `TodoWrite` is two."""
    return _OLD_NAMES.get(tool, (tool,))


def is_glob(tool: str) -> bool:
    """Whether a rule's tool stands for several."""
    return "*" in tool or "?" in tool


def tool_matches(rule_tool: str, tool: str) -> bool:
    """Whether a rule's tool name is `tool`, stands for it, or is the MCP server it belongs to."""
    if is_glob(rule_tool):
        return re.fullmatch(_glob_regex(rule_tool), tool, re.DOTALL) is not None
    if tool in present_names(rule_tool):
        return True
    is_server = rule_tool.startswith("mcp__") and "__" not in rule_tool[len("mcp__") :]
    return is_server and tool.startswith(rule_tool + "__")


def accesses_of(rule: Rule) -> frozenset[RuleAccess]:
    """What a rule says something about, where it is about files; `cd` is a move to a folder."""
    if parameter_of(rule) is not None:
        return frozenset()
    if rule.spec is None or is_glob(rule.tool):
        named: tuple[tuple[str, RuleAccess], ...] = (("Read", "read"), ("Edit", "edit"), (CD, "cd"))
        return frozenset(access for tool, access in named if tool_matches(rule.tool, tool))
    tool = present_names(rule.tool)[0]
    if tool in EDIT_TOOLS:
        return frozenset({"edit"})
    if tool in READ_TOOLS:
        return frozenset({"read"})
    return frozenset({"cd"}) if tool == CD else frozenset()


def parameter_of(rule: Rule) -> tuple[str, str] | None:
    """(name, value) where the brackets name one of the tool's inputs: `Agent(model:opus)`."""
    if rule.spec is None:
        return None
    found = _PARAMETER.fullmatch(rule.spec)
    if found is None:
        return None
    tool = present_names(rule.tool)[0]
    if tool in PRIMARY_INPUTS and rule.effect == "allow":
        return None
    if tool in FILE_TOOLS or tool == CD:
        known: Iterable[str] = _FILE_PARAMETERS
    elif tool in {SHELL, FETCH}:
        known = _SHELL_PARAMETERS if tool == SHELL else _FETCH_PARAMETERS
    else:
        return found["name"], found["value"].strip()
    if found["name"] not in known or found["value"] == "*":
        return None
    return found["name"], found["value"].strip()


def why_dead(rule: Rule) -> str | None:
    """Why an allow rule can never match, or None. Deny and ask rules are read widely instead."""
    if rule.effect != "allow":
        return None
    if is_glob(rule.tool) and not _MCP_LITERAL.match(rule.tool):
        return "an allow rule names its tool: a wildcard may only follow mcp__server__"
    if rule.spec is None:
        return None
    if parameter_of(rule) is not None or is_glob(rule.tool):
        return "an allow rule cannot depend on a parameter"
    if accesses_of(rule):
        if rule.tool in {"Read", "Edit", CD}:
            return None
        instead = "Edit" if "edit" in accesses_of(rule) else "Read"
        return f'paths are allowed by Read and Edit rules only: write "{instead}({rule.spec})"'
    if rule.tool == FETCH and not rule.spec.startswith(hosts.DOMAIN):
        return 'hosts are allowed by "WebFetch(domain:HOST)" only'
    if rule.tool not in {SHELL, FETCH} and not set(present_names(rule.tool)) & set(PRIMARY_INPUTS):
        return "brackets have no meaning in an allow rule for this tool"
    return None


def _check(rule: Rule) -> None:
    if rule.spec is None or parameter_of(rule) is not None:
        return
    if "\0" in rule.spec:
        raise ValueError("it has a NUL character in it")
    if accesses_of(rule):
        patterns.check_pattern(rule.spec, is_wide=rule.effect != "allow")
    elif rule.tool == FETCH and (rule.effect != "allow" or rule.spec.startswith(hosts.DOMAIN)):
        domain_of(rule.spec)


def domain_of(spec: str) -> str:
    """The host pattern in the brackets of a WebFetch rule; of an address, its host.

    Raises:
        ValueError: there is none.
    """
    if spec.startswith(hosts.DOMAIN):
        return hosts.parse_domain(spec)
    inside = re.fullmatch(r"(?:[A-Za-z*]+://)?([^/:@?#\s]+)(?::\d+)?(?:[/?#].*)?", spec)
    if inside is None:
        raise ValueError(f'"{spec}" names no host')
    return hosts.parse_domain(hosts.DOMAIN + inside[1])


def _glob_regex(tool: str) -> str:
    pieces = re.split(r"(\*+|\?)", tool)
    return "".join(
        "." if piece == "?" else ".*" if piece.startswith("*") else re.escape(piece)
        for piece in pieces
    )


def _fault(text: str, source: Source, why: str) -> RuleFaultError:
    shown = text if len(text) <= 200 else text[:200] + "…"
    where = f' at "{source}"' if source.path else ""
    return RuleFaultError(
        f'the rule "{shown}"{where} cannot be understood: {why}',
        "mend or remove it: the garden stays closed until every rule is understood",
    )
