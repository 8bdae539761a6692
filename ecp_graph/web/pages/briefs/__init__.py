"""Briefings as papers."""
