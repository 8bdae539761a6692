"""The state of an app between requests: settings, the current engine, cached results, budgets, metrics."""
