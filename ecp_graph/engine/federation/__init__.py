"""SERVICE of SPARQL 1.1 Federated Query, for endpoints of an allow-list alone.

What evaluates queries has no network and gets none. So what a SERVICE clause asks for is fetched before evaluation, and
the clause is replaced by VALUES with the rows: in the algebra both stand in the same place, as a table that is joined
(SPARQL 1.1 Federated Query, section 3; SPARQL 1.1 Query, section 18.2.2).

- `clauses` finds the clauses and writes the texts that come of them.
- `allowed` is the list, `addresses` sees to it that a name on it leads to a public address.
- `rows` turns an answer into VALUES.
- `engine` puts these in front of an engine.
"""
