"""Words, sentences and key phrases of a text. Pure."""
