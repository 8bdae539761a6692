"""Pushes a release to a SPARQL 1.1 store, resumable and verified by counts."""
