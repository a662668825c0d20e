"""The command line: thin commands over `Garden`. Results on stdout, everything else on stderr."""
