"""The draft reading of a document: what was understood of each row, how sure it is, and what is still to be decided."""
