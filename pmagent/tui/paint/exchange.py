"""One exchange of a conversation, whatever was said in it: its lines, its sources, its words."""

from __future__ import annotations

from pmagent.tui.paint import answer
from pmagent.tui.paint.lines import PageBuilder, span, wrap
from pmagent.tui.paint.said import MAX_TEXT_WIDTH, Cited, Said, Source, Suggestion
from pmagent.tui.paint.turn import Reply, Turn
from pmagent.tui.paint.turn_lines import paint_turn
from pmagent.types.answers import Answer


def paint_exchange(builder: PageBuilder, question: str, said: Said, width: int) -> None:
    """Add the question, and what came of it."""
    if not isinstance(said, Turn):
        answer.paint_said(builder, question, said, width)
        return
    lines = wrap((span(question, "strong"),), min(width, MAX_TEXT_WIDTH))
    builder.add_all(lines, gutter=answer.QUESTION)
    builder.add()
    paint_turn(builder, said, width)
    builder.add()


def sources_of(said: Said) -> tuple[Source | Suggestion | Cited, ...]:
    """What the digits 1 to 9 open, in the order shown."""
    if not isinstance(said, Turn):
        return answer.sources_of(said)
    replies = [part.reply for part in said.parts if isinstance(part, Reply)]
    return answer.sources_of(replies[-1]) if replies else said.cited


def text_of(said: Said) -> str:
    """What an agent said, as Markdown; of a cited answer, its sentences with their places."""
    if not isinstance(said, Turn):
        return ""
    replies = [part.reply for part in said.parts if isinstance(part, Reply)]
    sentences = [each for reply in replies if isinstance(reply, Answer) for each in reply.sentences]
    cited = "\n".join(f"{each.text} [{each.citation.place}]" for each in sentences)
    return "\n\n".join(text for text in (cited, said.text) if text)
