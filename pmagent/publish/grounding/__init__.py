"""What a text names, counts, dates or quotes that its sources do not."""
