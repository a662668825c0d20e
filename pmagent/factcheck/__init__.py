"""A text → its claims → a verdict on each, the evidence beside it. Plain functions on values."""
