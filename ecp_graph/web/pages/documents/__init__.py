"""Every thing and passage as a document at the address that is its name."""
