"""A document as turns with their times."""
