"""The shapes that validate the data."""
