"""Who and what a talk names that is worth a link."""
