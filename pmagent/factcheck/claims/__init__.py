"""A text as claims, each of which can be read alone."""
