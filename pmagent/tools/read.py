"""Read: the lines of one file, numbered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.errors import ReadError
from pmagent.ingest.decode import decode
from pmagent.tools._input import MAX_FILE_BYTES, Input, bounded
from pmagent.types.actions import Json

DEFAULT_LINES = 2_000
MAX_LINE = 2_000
_MADE_OF_BLOCKS = (".docx", ".pdf")


class ReadInput(Input):
    """Which file, and which of its lines."""

    file_path: Annotated[str, Field(min_length=1)]
    offset: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1)] = DEFAULT_LINES


class ReadTool:
    """Reads a file of the garden."""

    name = "Read"
    summary = "The lines of one file, numbered"
    Input = ReadInput

    def plan(self, given: ReadInput, reach: Reach) -> Plan:
        """Look the file up; nothing is read."""
        target = reach.walls.locate(given.file_path, "read")
        if not target.exists:
            raise ReadError(f'there is no file "{given.file_path}"', "check its name")
        if target.is_folder:
            raise ReadError(f'"{given.file_path}" is a folder', 'list it with the tool "Glob"')
        return Plan(
            subject=target.resolved,
            targets=(target,),
            risk="only reads" if target.links == 1 else "the file has a second name elsewhere",
        )

    def run(self, given: ReadInput, plan: Plan, reach: Reach) -> Result:
        """Read it, bounded."""
        target = plan.targets[0]
        try:
            data, entry = reach.walls.read(
                target.asked, limit=MAX_FILE_BYTES, follow=True, allow_hard_links=target.links > 1
            )
            lines = text_lines(data, entry.path, reach)
        except ReadError as exc:
            raise ReadError(f'cannot read "{target.resolved}": {exc.message}', exc.hint) from exc
        first = max(1, given.offset)
        chosen = lines[first - 1 : first - 1 + given.limit]
        numbered = (f"{n:>6}\t{_cut(line)}" for n, line in enumerate(chosen, start=first))
        text = bounded("\n".join(numbered))
        left = len(lines) - (first - 1) - len(chosen)
        if left > 0:
            text += f"\n… {left:,} more lines; go on with offset {first + len(chosen)}"
        data_out: dict[str, Json] = {
            "type": "text",
            "file": {
                "filePath": target.resolved,
                "content": bounded("\n".join(chosen)),
                "numLines": len(chosen),
                "startLine": first,
                "totalLines": len(lines),
            },
        }
        labels = reach.labels(target.resolved)
        private = "\n".join(chosen) if "private" in labels else ""
        return Result(text=text, data=data_out, labels=labels, private_text=private)


def text_lines(data: bytes, path: str, reach: Reach) -> list[str]:
    """The lines of a file as a person would see them; of a packed format, its text's."""
    if path.lower().endswith(_MADE_OF_BLOCKS):
        blocks = reach.parse(data, path).blocks
        return [line for block in blocks for line in block.text.split("\n")]
    return decode(data).text.split("\n")


def _cut(line: str) -> str:
    return line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}… ({len(line):,} characters)"


tool = ReadTool()
