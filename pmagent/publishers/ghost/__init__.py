"""Ghost by its Admin API: drafts, updates, times of publication, and images, each once."""
