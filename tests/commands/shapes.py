"""Files in the shapes that people's command, skill and agent files have. All texts are ours."""

from __future__ import annotations

from pathlib import Path

EXAMPLES_IN_DESCRIPTION = """\
---
name: note-checker
description: Use this agent when notes have to be checked. Examples:

<example>
Context: The user has finished a note.
user: "Is this note whole?"
assistant: "I'll use the note-checker agent: it reads the note first."
<commentary>
A note was finished: so check it.
</commentary>
</example>

model: inherit
color: green
tools: ["Read", "Grep", "LS"]
---

You check notes.
"""
"""No YAML: `example` blocks and `user:` lines within the description."""

COLON_IN_DESCRIPTION = """\
---
name: minutes-writer
description: Use it after a call. <example>Context: it ended. user: 'Write it up'</example>
tools: Read, Write, TodoWrite
model: sonnet
---
You write minutes.
"""

TWO_HINTS = """\
---
allowed-tools: Bash(git add:*), Bash(git status:*), Bash(git commit:*)
argument-hint: [scope] | --all | --since-monday
description: Keep what was changed
---

## Context
- Status: !`git status --short`

Keep it: $ARGUMENTS
"""
"""No YAML: something stands behind a list in brackets."""

TOOLS_AS_JSON = """\
---
description: "Write release notes"
argument-hint: "[version]"
allowed-tools: ["Bash(gh release view:*)", "Read", "Write"]
hide-from-slash-command-tool: "true"
---
Write the release notes of $1.
"""

SCRIPT_IN_BLOCK = """\
---
description: "Begin a loop"
argument-hint: "TASK [--rounds N]"
allowed-tools: ["Bash(${CLAUDE_PLUGIN_ROOT}/scripts/begin.sh:*)"]
---
Begin:

```!
bash -c 'bash "${CLAUDE_PLUGIN_ROOT//\\\\//}/scripts/begin.sh" $ARGUMENTS'
```

Then work on the task.
"""
"""A script of the plugin, in a shell in a shell."""

BLOCK_DESCRIPTION = """\
---
name: plan-maker
description: |-
  Use this agent to make a plan: one page.

  <example>
  user: "Plan the week"
  </example>
model: sonnet
color: purple
tools: ["Read", "Write"]
---
You make plans.
"""

PLAIN = "# Retro\n\nList what went well, and what did not.\n"

SKILL = """\
---
name: Pricing Words
description: Words that the team uses for prices. Use when a text names a price.
license: MIT
metadata:
  owner: growth
---
Say "seat", never "licence". The list is in ${CLAUDE_SKILL_DIR}/words.md.
"""


def plant(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write files below a folder, and give the folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root
