"""Invented addresses for the pages of a web."""
