"""From values to lines: pure functions of a value and a width, one module a subject."""
