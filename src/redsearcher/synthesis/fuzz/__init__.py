"""Vaguer words for what a question names, one editor per file."""
