"""What screens are made of. A widget shows state and posts messages."""
