"""The statements of a build as a store holds them, which keeps some literals in one form: "1.50" as "1.5".

::

    restored(id, same)    each literal that a store holds in another form, and the number of that form
    merged(s, p, o)       the merge of some layers, each triple once
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import PREFIXES
from ecp_graph.tables.statements import DEFAULT_GRAPH, LAYERS, LITERALS, Statements

__all__ = ["as_queries_read", "make_merged", "note_stored_forms", "stored"]

#: What may have another form in a store: literals of a datatype, but for plain numbers and truth values.
_TYPED: Final = """
SELECT id FROM terms
WHERE id >= $literals AND ends_with(term, '>')
  AND NOT (ends_with(term, $integer) AND regexp_matches(term, '^"(0|[1-9][0-9]{0,17})"'))
  AND NOT (ends_with(term, $boolean) AND regexp_matches(term, '^"(true|false)"'))"""
_STORED: Final = "SELECT DISTINCT s, p, coalesce(restored.same, o) AS o{g} FROM ({layers}) LEFT JOIN restored ON id = o"


def make_merged(statements: Statements, layers: Sequence[str] = LAYERS) -> None:
    """Make the table ``merged`` of the triples of some layers."""
    note_stored_forms(statements)
    statements.connection.execute(f"CREATE OR REPLACE TABLE merged AS {stored(layers, graphs=False)}")


def stored(layers: Iterable[str], *, graphs: bool = True) -> str:
    """Return what selects the statements of some layers, or tables like them, as a store holds them."""
    return _STORED.format(g=", g" if graphs else "", layers=" UNION ALL ".join(f"FROM {layer}" for layer in layers))


@contextmanager
def as_queries_read(statements: Statements, layers: Sequence[str]) -> Iterator[None]:
    """Keep the tables that queries in SQL read (`ecp_graph.tables.algebra`) as long as the block lasts.

    They have what a store of these layers has, of which ``merged`` is the merge.
    """
    made = {
        "quads": f"SELECT * FROM ({stored(layers)}) WHERE g <> {DEFAULT_GRAPH} ORDER BY p, s",
        "triples": "SELECT s, p, o FROM merged ORDER BY p, s",
        "nodes": "SELECT s AS n FROM triples UNION SELECT o FROM triples",
    }
    with statements.scratch():
        for table, select in made.items():
            statements.connection.execute(f"CREATE TEMP TABLE {table} AS {select}")
        yield


def note_stored_forms(statements: Statements) -> None:
    """Make the table ``restored``."""
    given = {"literals": LITERALS, **{kind: f"^^<{PREFIXES['xsd']}{kind}>" for kind in ("integer", "boolean")}}
    typed = [number for (number,) in statements.connection.execute(_TYPED, given).fetchall()]
    literals = list(statements.terms(typed).items())
    store = ox.Store()
    node = ox.NamedNode("urn:literal")
    store.extend(ox.Quad(ox.NamedNode(f"urn:{at}"), node, term) for at, (_, term) in enumerate(literals))
    forms = {int(str(quad.subject)[5:-1]): quad.object for quad in store}
    changed = {number: str(forms[at]) for at, (number, term) in enumerate(literals) if forms[at] != term}
    numbers = statements.numbers(changed.values())
    columns = {"id": list(changed), "same": [numbers[text] for text in changed.values()]}
    statements.fill("restored", columns)
