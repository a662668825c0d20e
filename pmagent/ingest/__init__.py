"""A garden's files: found, opened, decoded, parsed and cut into passages."""
