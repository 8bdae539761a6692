"""Overlaps: matrices, cells, and what a thing is shared by."""
