"""Quality and speed, each beside what a user would use instead, in the same run."""
