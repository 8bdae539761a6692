"""The page of an instrument: its editions, its lineage, and who works on it."""
