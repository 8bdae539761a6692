"""The site: every page, the endpoint, and the server in front of them."""
