"""The one door to other processes."""
