"""SHACL validation, and its report."""
