"""A release on disk: open, verify, query, replace; and older releases."""
