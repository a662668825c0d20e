"""Archives to read: the sample garden, and folders a test writes itself."""

from __future__ import annotations

from tests.archives import make_archive as make_archive
from tests.archives import sample as sample
