"""A question is open only where the text shows that nobody answered it."""

from __future__ import annotations

from pmagent.discourse.lines import read_talk
from pmagent.discourse.questions import find_open_questions
from tests.archives import MakeArchive

TALK = """**Ana:** How many of the leavers did we ever call back?

**Tom:** I don't know.

**Ana:** What did the seven shops do before they left?

**Tom:** They went back to the paper book on the counter.

**Ana:** Why did the second group leave so early?

**Tom:** I'm not sure, but I think the price frightened them.

**Ana:** That was a good week for the shops, wasn't it?

**Tom:** I don't know.

**Ana:** She asked me, "how many shops did you call back?"

**Tom:** No idea.

**Ana:** We still don't know whether the importer or the price is to blame.
"""


def test_only_what_nobody_answers_is_open(make_archive: MakeArchive) -> None:
    archive = make_archive({"talk.md": TALK})

    found = find_open_questions(read_talk(archive, "talk.md"))

    assert [(one.line.text, one.reply.text if one.reply else None) for one in found] == [
        ("How many of the leavers did we ever call back?", "I don't know."),
        ("We still don't know whether the importer or the price is to blame.", None),
    ]
