"""The page of an action: a card that says who, when, under what, on what, and what is unclear."""
