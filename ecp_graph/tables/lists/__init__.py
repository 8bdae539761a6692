"""The lists that pages read: answers, names and findings of a release in one SQLite file with indexes.

A page shows the rows of a query of the catalogue. Over a release it has them from here, the first so many, counted and
in the order of the query, whatever their number; over a store that others run it asks the query itself.
"""
