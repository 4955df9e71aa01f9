"""Pages of other corpora beside a world's own, for searches to be distracted by."""
