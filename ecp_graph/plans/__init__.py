"""Documents of others: reading their tables of actions, and what their cells say."""
