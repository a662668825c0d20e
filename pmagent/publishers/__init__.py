"""Where effects go to: one module each."""
