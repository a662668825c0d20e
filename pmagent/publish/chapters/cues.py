"""Words by which speakers say that something else begins: English, told by what they say aloud."""

from __future__ import annotations

import re

OPENING_WORDS = 45
"""Words of a turn in which it may say so."""

_STRONG = re.compile(
    r"""(?ix)\b(?:
      mov(?:e|ing)\s(?:on|over)
    | (?:next|last|second|third|fourth|final|another|other|new)
      \s(?:point|question|topic|subject|item|thing|part|section|one\sis|issue)
    | let(?:['’]s|\sus)\s(?:\w+\s){0,2}?(?:talk|start|begin|move|switch|jump|discuss|turn|dive
      |get\s(?:into|started)|go\s(?:to|into|on|back))
    | switch(?:ing)?\sgears | chang(?:e|ing)\s(?:gears|the\ssubject|topics?)
    | one\s(?:more|last|other)\s(?:thing|question|topic|point)
    | before\swe\s(?:\w+\s){0,2}?(?:go|wrap|end|close|finish|move|start|get|dive)
      | wrap(?:ping)?\s(?:this\s|it\s|things\s)?up
    | my\s(?:next|first|last|second|final)\squestion
    | tell\s(?:me|us) | turn(?:ing)?\sto | on\sto\sthe\snext
    )\b"""
)
_WEAK = re.compile(
    r"""(?ix)\b(?:
      talk(?:ing)?\sabout | back\sto | get(?:ting)?\sinto | speaking\sof | what(?:['’]s|\sis
        |\sare|\swas)
    | i(?:['’]m|\sam)\scurious | want(?:ed)?\sto\sask | question\s(?:is|about) | episode
      | topic | agenda
    | presentation | over\sto\syou | go\sahead | your\sturn | how\s(?:do|does|did|would)\s(?:you
      |this|that|it)
    )\b"""
)
_TURNING = re.compile(
    r"""(?ix)(?:(?:yeah|yes|yep|ok|okay|right|all\sright|alright|well|great|cool|um|uh|sure
      |exactly|no|and|but|good|nice
      |awesome|excellent|perfect|fantastic|thank\syou|thanks)[\s,.!—-]+){0,4}
      (?:so|now|okay|ok|alright|all\sright|anyway|anyways|next|first|finally|lastly)\b"""
)
_GREETING = re.compile(
    r"""(?ix)\b(?:welcome(?:\sback)?\s(?:\w+\s){0,2}?to | hello | hi\b | hey\b
      | good\s(?:morning|afternoon|evening)
      | live\sfrom | this\sis\s(?:the|episode) | (?:i['’]m|my\sname\sis)\s[A-Z]\w+
        | nice\sto\s(?:meet|see|have)
      | thanks?\s(?:\w+\s)?for\s(?:having|inviting|joining|coming))"""
)


def is_strong(opening: str) -> bool:
    """Whether the first words of a turn announce something else."""
    return _STRONG.search(opening) is not None


def is_cue(opening: str) -> bool:
    """Whether they announce something, strongly or weakly."""
    return is_strong(opening) or _WEAK.search(opening) is not None


def is_turning(opening: str) -> bool:
    """Whether a turn opens as who leads on does: `Right, so`, `Now`."""
    return _TURNING.match(opening) is not None


def is_greeting(text: str) -> bool:
    """Whether somebody greets, or says who speaks."""
    return _GREETING.search(text) is not None
