"""The page of a passage of a document."""
