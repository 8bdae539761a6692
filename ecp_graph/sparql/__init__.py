"""SPARQL queries as text: the lexer, the guard, syntax errors, label columns, and result formats."""
