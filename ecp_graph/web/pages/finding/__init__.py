"""The page of a finding of overlap: its sides, what they share, what proves it, and what was decided."""
