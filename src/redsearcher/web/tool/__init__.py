"""Tools beyond search and visit, one per file."""
