"""Rendering shared by all pages: terms, names, links, panels, findings."""
