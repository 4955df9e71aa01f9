"""Opening pages of the real web from this machine, and nothing else of what it can reach."""
