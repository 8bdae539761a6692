"""Statements about an accepted plan, each in the reading that states it, and files of them that people can read."""
