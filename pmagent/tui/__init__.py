"""The terminal application: screens over one garden, drawn line by line."""
