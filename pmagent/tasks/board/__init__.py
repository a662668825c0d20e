"""One Markdown file as a board: read, changed where it must be, and nowhere else."""
