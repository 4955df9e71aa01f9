"""Where the pages of a web come from: one source per kind of file."""
