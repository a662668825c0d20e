"""The outbox: the one way out for an effect, which happens once."""
