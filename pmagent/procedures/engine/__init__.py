"""The engine of durable runs: it walks a procedure's steps over ports, and keeps each on record."""
