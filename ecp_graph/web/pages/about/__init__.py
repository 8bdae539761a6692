"""What the site is, where its contents come from, whom to tell of an error, and what its words mean."""
