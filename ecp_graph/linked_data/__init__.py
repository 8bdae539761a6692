"""Linked data: documents about things, the description of the dataset, its vocabulary, and dumps."""
