"""What waits for a person, and how far a command may go by itself."""
