"""Scenario files: a procedure run in a garden of its own, against what was expected."""
