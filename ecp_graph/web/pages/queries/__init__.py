"""The catalogue: its forms, its results, its API and the description of that."""
