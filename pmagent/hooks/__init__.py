"""Hooks: a person's own commands at named moments, read, matched, trusted and run."""
