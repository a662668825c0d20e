"""Procedures: Markdown commands with exact steps, read, checked and run."""
