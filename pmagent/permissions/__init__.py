"""What may be touched in a garden, and the one door to it."""
