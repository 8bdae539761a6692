"""Bringing a release to where others ask it: into a store that they run already."""
