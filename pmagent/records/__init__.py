"""`runs.db`: runs, steps, effects, reviews and spans on record, one module a table."""
