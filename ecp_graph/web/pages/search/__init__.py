"""Search over all names."""
