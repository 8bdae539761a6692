"""The page of a body."""
