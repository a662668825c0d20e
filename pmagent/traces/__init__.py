"""Spans of runs, what they add up to, and their export."""
