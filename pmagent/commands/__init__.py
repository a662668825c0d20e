"""Slash commands, skills and sub-agents: read from files, expanded, completed, judged."""
