"""Releases, and the changes between two of them."""
