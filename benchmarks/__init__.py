"""Generated workspaces of any size, and programs that measure with them; nothing of it belongs to the package."""
