"""The text of SPARQL queries: what can be said of it, refused in it, explained about it and added to it."""
