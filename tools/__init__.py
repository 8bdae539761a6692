"""Scripts that write or measure parts of the project; not part of the package."""
