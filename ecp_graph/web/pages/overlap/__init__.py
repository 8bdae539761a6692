"""Overlaps: matrices, cells, and the pairs that share a thing."""
