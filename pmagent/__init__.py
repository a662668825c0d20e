"""pmagent: ask your own archive, with exact citations."""

__version__ = "0.1.0"
