"""The endpoint and its editor."""
