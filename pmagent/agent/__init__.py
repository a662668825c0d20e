"""The loop of an agent and the gate that everything it does goes through."""
