"""The small world a scenario is played in: documents, functions, a destination, a person."""
