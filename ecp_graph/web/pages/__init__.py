"""The pages and their addresses, one module each; their templates lie in a folder of the same name."""
