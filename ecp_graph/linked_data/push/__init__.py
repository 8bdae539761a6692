"""A release brought into a SPARQL 1.1 store that its users run already: resumable, and counted."""
