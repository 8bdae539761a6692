"""Statements as tables of numbers, in DuckDB."""
