"""Small talks that tests of the drafts are made from, and how they are read."""

from __future__ import annotations

from pmagent.publish.source import Source, read_source
from tests.archives import MakeArchive

PATH = "talks/2025-05-06-orchard.md"

ORCHARD = """# The orchard

**Mira:** Welcome back to the show. Today we're going to talk about the price of a dry orchard.

**Tomas:** Thank you, um, thank you for having me, Mira.

**Mira:** Tomas Brandl keeps forty apple trees on the Hallberg slope. How much water does an
orchard need?

**Tomas:** So, an apple tree drinks thirty litres of water on a hot day. The irrigation pump at
the Hallberg slope costs eleven hundred euros a year. We, uh, we drill one well for every
orchard, because rain is a promise nobody keeps.

**Mira:** And what did the neighbours say?

**Tomas:** The neighbours, you know, the neighbours share one irrigation pump between three
orchards. A pump that belongs to everybody is a pump that nobody mends. I'd rather own a bad
pump than share a good one.

**Mira:** Why don't orchards use drip hoses?

**Tomas:** Drip hoses save half of the water, and the deer chew through them every winter. An
orchard without deer is a garden. The irrigation pump must never run at noon, because half of
the water is lost to the sun.

**Mira:** We'll cover the deer in another episode. I'll put the plan of the well in the show
notes.

**Tomas:** Maybe I'll write a book some day. If it rains, we'll talk about cider next week.

**Mira:** Thanks for listening, and see you next week.
"""

OTHER = "talks/2024-02-01-bees.md"

BEES = """# The bees

**Mira:** Today we are going to talk about the bees. The beehive stands behind the barn.

**Lena:** A beehive needs water on a hot day. The drip hoses run past it.

**Mira:** Go on.

**Lena:** Yes.
"""

BARE = """the pump was switched off and the water came back and

the pump was switched on and then the water
"""


def orchard(make_archive: MakeArchive, text: str = ORCHARD) -> Source:
    """The orchard, or another text at its place, with an older talk beside it."""
    return read_source(make_archive({PATH: text, OTHER: BEES}), PATH)
