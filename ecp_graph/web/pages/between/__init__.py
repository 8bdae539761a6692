"""Overlap between plans: which plans have work in common, and one plan against another."""
