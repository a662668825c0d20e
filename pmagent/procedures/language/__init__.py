"""One Markdown file as a procedure: its steps, its short types, its expressions, its picture."""
