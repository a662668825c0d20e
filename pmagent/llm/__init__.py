"""Language models behind one protocol: a provider's, a deterministic one, and a replayed one."""
