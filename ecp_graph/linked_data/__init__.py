"""The graph as linked data: a thing as a document, the description of the dataset, its vocabulary, its dumps."""
