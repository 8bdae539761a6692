"""The dataset: its description and its dumps."""
