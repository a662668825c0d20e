"""Where a talk turns to something else, and what each part is called."""
