"""The actions of the plans: a table to choose from."""
