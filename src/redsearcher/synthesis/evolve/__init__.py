"""Constraints that only a tool resolves, one editor per file."""
