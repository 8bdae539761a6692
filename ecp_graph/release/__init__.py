"""A release on disk: opened, verified, asked, swapped for the next one, and the older ones beside it."""
