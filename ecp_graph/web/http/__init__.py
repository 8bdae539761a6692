"""HTTP as every page needs it, whatever the page is about."""
