"""The jobs that need no model: one module each, found by a scan. Plain functions on values."""
