"""The demo: its documents, its workspace, and what is found in it."""
