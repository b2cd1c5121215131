"""One module per command of the Makefile."""
