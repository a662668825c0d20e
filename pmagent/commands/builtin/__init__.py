"""The commands that are built in, one module each, found by a scan: a new one is one new file."""
