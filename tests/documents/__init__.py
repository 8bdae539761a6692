"""Documents of others: reading them, and finding the words of passages in them."""
