"""Overlaps: findings that two things deal with a third, each a node with its evidence."""
