"""The shapes that the data are checked with."""
