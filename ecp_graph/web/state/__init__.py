"""What one app knows between requests: settings, the engine in use, what was made for the release, budgets."""
