"""The web site: pages, the SPARQL endpoint, and the server."""
