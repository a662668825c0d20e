"""How a person writes, measured on their own posts."""
