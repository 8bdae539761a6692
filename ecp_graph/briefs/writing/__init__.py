"""Briefings as files: HTML that prints well, Markdown, Word."""
