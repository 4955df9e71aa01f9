"""What goes wrong on a real web, injected by seed and rate."""
