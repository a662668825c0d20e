"""A few documents in memory, and claims held against them."""

from __future__ import annotations

from datetime import date

from pmagent.factcheck.check import Checker
from pmagent.factcheck.small_index import SmallIndex
from pmagent.ingest.parse import parse
from pmagent.ingest.passages import split_passages
from pmagent.retrieval.ports import QueryEncoder
from pmagent.types import Document, Passage
from pmagent.types.checking import Claim, Verdict

FERRY = """# Ferry talk

**Mara Quill:** Welcome back. Today it's the harbour. Idris, how many people take the ferry now?

**Idris Boone:** We carried 7,200 passengers in June, in 14 sailings a day. Before the new timetable
it was about half of that.

**Mara Quill:** And the new boat, the Kestrel?

**Idris Boone:** The Kestrel was built by Halden Yard. It came in March of 2021, and it is really
hard to fill on a Monday. A crossing takes ten minutes, not an hour as people think.

**Mara Quill:** My brother works at Halden. I have never been on the Kestrel myself, I get seasick.

**Idris Boone:** You should come. We are going to launch a night ferry next summer. We don't have a
bar on board yet, and honestly nobody has asked for one.
"""

BAKERY = """# Bread talk

**Mara Quill:** This week we visit a bakery. Petra, who wrote the recipe for the black loaf?

**Petra Sund:** My aunt Signe wrote it in 1987. We sell 300 loaves on a Saturday at four euros each.
Sourdough is a promise, not a trick. We raised prices by 5 percent in January.

**Mara Quill:** And tickets for the course?

**Petra Sund:** The course is free for everyone who brings flour.
"""


def document(path: str, text: str) -> tuple[Document, tuple[Passage, ...]]:
    """One document of a shelf, with its passages."""
    parsed = parse(text.encode("utf-8"), path)
    made = Document(
        path=path,
        title=path.split(".")[0],
        date=date(2024, 5, 2),
        date_source="file name",
        digest="",
        parsed=parsed,
    )
    return made, split_passages(path, parsed.blocks)


def shelf(encoder: QueryEncoder | None = None, **more: str) -> SmallIndex:
    """Both talks, and what is given beside them by name."""
    texts = {"ferry": FERRY, "bakery": BAKERY, **more}
    return SmallIndex(
        [document(f"{name}.md", text) for name, text in texts.items()], encoder=encoder
    )


def check(claim: str, encoder: QueryEncoder | None = None, **more: str) -> Verdict:
    """The verdict on one claim against both talks."""
    index = shelf(encoder, **more)
    return Checker(index, encoder=encoder).check(Claim(text=claim))
