"""SERVICE of SPARQL 1.1 Federated Query, only for endpoints on an allow-list.

The processes that evaluate queries have no network access. So the results of a SERVICE clause are fetched before
evaluation, and the clause is replaced by VALUES with the rows: in the algebra, both are tables that are joined
(SPARQL 1.1 Federated Query, section 3; SPARQL 1.1 Query, section 18.2.2).

- `clauses` finds the clauses and rewrites the query.
- `allowed` is the allow-list; `addresses` ensures that a host name resolves to a public address.
- `rows` turns an answer into VALUES.
- `engine` combines these into an engine that wraps another one.
"""
