"""Overlaps: two things share a third; each is a node with its evidence."""
