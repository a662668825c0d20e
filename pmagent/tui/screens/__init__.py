"""One module a screen. A screen decides; it opens no file, database or socket."""
