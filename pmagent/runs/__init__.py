"""Wires procedures to one garden: what a run may read, call, ask and send."""
