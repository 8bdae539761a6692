"""Documents of others: their text read from a copy, and the words of a passage found again by its hash."""
