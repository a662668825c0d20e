"""A kit written down: one module a format, found by a scan; pure functions from values to text.

Adding a format is one new file that exports `FORMATS`. A module whose name begins with an
underscore is shared by its neighbours.
"""

from __future__ import annotations

from pmagent.publish.render._escape import escape, link
from pmagent.publish.render._format import Format, Rendering, format_named, formats

__all__ = ["Format", "Rendering", "escape", "format_named", "formats", "link"]
