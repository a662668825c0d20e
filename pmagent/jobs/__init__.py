"""The jobs on one garden: publishing kits, checks, and what holds a draft back. Wires, no more."""
