"""Live services, each behind the seam of what it does: searching, reading, papers, places."""
