"""The actions of the plans, as a table with facets."""
