"""Requests made to hurt the server, and what must be left of it afterwards."""
