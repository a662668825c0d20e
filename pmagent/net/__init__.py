"""The one door to the network: what may be dialled, one client that dials it, pages as Markdown."""
