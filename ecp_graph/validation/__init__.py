"""SHACL: the shapes run on statements, and the report of what they find."""
