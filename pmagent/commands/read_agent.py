"""A sub-agent from the bytes of its file: the fields say who it is, the body is its prompt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from pmagent.commands.fields import Fields, decode_text, names_of, number_of, read_fields, text_of
from pmagent.commands.found import EMPTY, NOT_TEXT, Found, Unread
from pmagent.commands.read_command import LOST, OPEN, is_of_opencode
from pmagent.permissions.rules import present_names
from pmagent.types.commands import AgentFile, Scalar

EVERY_TOOL = frozenset({"*", "all", "all tools", "inherit"})
"""Ways to write that it may use what its parent may."""
COLORS = frozenset({"red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan"})
_OPENCODE_MODES = frozenset({"subagent", "primary", "all"})
_OPENCODE_TOOLS: Mapping[str, str] = {
    "bash": "Bash", "edit": "Edit", "glob": "Glob", "grep": "Grep", "list": "Glob",
    "patch": "Edit", "read": "Read", "skill": "Skill", "task": "Agent", "todowrite": "TodoWrite",
    "webfetch": "WebFetch", "websearch": "WebSearch", "write": "Write",
}  # fmt: skip
"""Tools by their small names, as they are here."""
_NARROWS = ("disallowedTools", "disallowed-tools", "disallowed_tools", "disallowedtools")


def read_agent(data: bytes, found: Found) -> AgentFile | Unread:
    """The sub-agent in a file, or why there is none: it needs a name and a description.

    A plugin's agents are called by `found.name`, all others by the name they give themselves. One
    of OpenCode, which says its `mode`, may be named by its file.
    """
    decoded = decode_text(data)
    if decoded is None:
        return Unread(path=found.path, reason=NOT_TEXT, is_broken=True)
    text, is_whole = decoded
    fields = read_fields(text)
    values = fields.values
    if not fields.body and not values:
        return Unread(path=found.path, reason=EMPTY, is_broken=True)
    is_opencode = is_of_opencode(found.path) or text_of(values.get("mode")) in _OPENCODE_MODES
    given = text_of(values.get("name")) or (found.name if is_opencode else "")
    if why := _why_none(given, values, fields):
        return Unread(path=found.path, reason=why)
    tools, denied = _tools(values)
    return AgentFile(
        name=_full_name(given, found),
        description=text_of(values["description"]),
        path=found.path,
        place=found.place,
        prompt=fields.body,
        tools=tools,
        disallowed_tools=denied,
        model=text_of(values.get("model")) or "inherit",
        permission_mode=_mode(values, found),
        max_turns=number_of(values.get("maxTurns") or values.get("maxSteps")),
        effort=text_of(values.get("effort")),
        color=color if (color := text_of(values.get("color")).lower()) in COLORS else "",
        skills=names_of(values.get("skills")),
        fields=values,
        notes=tuple(_notes(fields, is_whole=is_whole)),
        is_trusted=found.is_trusted,
        digest=hashlib.sha256(data).hexdigest(),
    )


def tool_of(entry: str) -> str:
    """The tool that an entry of a list names: `Bash` of `Bash(git:*)`."""
    return entry.split("(", 1)[0].strip()


def _why_none(name: str, values: Mapping[str, Scalar], fields: Fields) -> str:
    lacking = [
        key
        for key, value in (("name", name), ("description", text_of(values.get("description"))))
        if not value
    ]
    if lacking and not fields.has_front_matter:
        return "it has no front matter with a name and a description, so it is no sub-agent"
    if lacking:
        return f"its front matter has no {' and no '.join(lacking)}, so it is no sub-agent"
    if ":" in name or name.startswith("-"):
        return f'its name "{name}" holds a ":" or begins with "-", so it cannot be called'
    return ""


def _full_name(given: str, found: Found) -> str:
    """`plugin:sub:name`: the folders of its place, then its own name."""
    if not found.plugin:
        return given
    return ":".join([*found.name.split(":")[:-1], given])


def _tools(values: Mapping[str, Scalar]) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The only tools it may use, None for all, and those it may not."""
    denied = [tool for key in _NARROWS for tool in _present(values.get(key))]
    denied += _present(_refused(values.get("permission")))
    named = values.get("tools")
    if isinstance(named, dict):
        # OpenCode says of each tool whether it is on; what it does not name is on.
        kept = names_of(named)
        return None, (*denied, *_present([tool for tool in named if tool not in kept]))
    # A key without a value says nothing; an empty list says none.
    if named is None or (isinstance(named, str) and not named.strip()):
        return None, tuple(denied)
    if text_of(named).strip("[]\"' ").lower() in EVERY_TOOL and named != []:
        return None, tuple(denied)
    return _present(named), tuple(denied)


def _refused(permission: Scalar | None) -> list[Scalar]:
    """What OpenCode's `permission` denies altogether; what it asks about is asked here anyway."""
    if not isinstance(permission, dict):
        return []
    return [tool for tool, effect in permission.items() if effect == "deny"]


def _present(value: Scalar | None) -> tuple[str, ...]:
    """The entries under the names that tools have today."""
    found: list[str] = []
    for entry in names_of(value):
        tool = tool_of(entry)
        today = present_names(_OPENCODE_TOOLS.get(tool, tool))
        found += [name + entry[len(tool) :] for name in today]
    return tuple(dict.fromkeys(found))


def _mode(values: Mapping[str, Scalar], found: Found) -> str:
    mode = text_of(values.get("permissionMode"))
    if found.plugin:
        return ""
    return "default" if mode == "manual" else mode


def _notes(fields: Fields, *, is_whole: bool) -> Iterator[str]:
    if not is_whole:
        yield LOST
    if fields.is_open:
        yield OPEN
    for wrong in _NARROWS[1:]:
        if wrong in fields.values:
            yield f'it says "{wrong}": it was taken for "disallowedTools"'
    permission = fields.values.get("permission")
    if isinstance(permission, dict) and any(isinstance(v, dict) for v in permission.values()):
        yield 'the patterns in its "permission" are not read: write them as rules in the settings'
    for wrong in ("allowed-tools", "allowed_tools", "allowedTools"):
        if wrong in fields.values and "tools" not in fields.values:
            yield f'it says "{wrong}", which limits nothing: a sub-agent\'s list is "tools"'
