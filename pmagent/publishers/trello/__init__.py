"""Trello by its REST API: cards made once, moved, labelled and dated; none is ever deleted."""
