"""The index of a garden: the ledger, the words, the vectors, and the run that fills them."""
