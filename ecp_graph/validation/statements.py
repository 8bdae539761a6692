"""The statement view: every statement of the data as a node, so that shapes can ask in which passage it is stated.

::

    <urn:statement:17> a ecpsh:Statement ;
        rdf:subject body:ptc ; rdf:predicate skos:notation ; rdf:object "PTC" ; ecp:statedIn graph:codes .

A statement outside every named graph has no ecp:statedIn. Beside the nodes stand the ontology and what is stated about
the readings and their passages, so that a shape can follow ecp:statedIn to the certainty or the document of a reading.
Each class is there as a subclass of itself, as in RDFS, so that one path finds out whether a class is declared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

import pyoxigraph as ox
from rdflib import URIRef

from ecp_graph.namespaces import ECP, PREFIXES, SHAPES
from ecp_graph.rdf.nquads import parts_of_line, quad_lines
from ecp_graph.validation.data_graph import DataGraph

__all__ = ["ON_STATEMENTS", "statement_number", "statement_view"]

#: A node shape with this property set to true is run on the statement view, and only there.
ON_STATEMENTS: Final = URIRef(SHAPES + "onStatements")

_STATEMENT: Final = f"<{SHAPES}Statement>".encode()
_STATED_IN: Final = f"<{ECP}statedIn>".encode()
_CLASS: Final = f"<{PREFIXES['owl']}Class>".encode()
_SUBCLASS_OF: Final = f"<{PREFIXES['rdfs']}subClassOf>".encode()
_TYPE, _SUBJECT, _PREDICATE, _OBJECT = (
    f"<{PREFIXES['rdf']}{name}>".encode() for name in ("type", "subject", "predicate", "object")
)
_READING_OF: Final = f"<{ECP}readingOf>".encode()
_PREFIX: Final = b"urn:statement:"


def statement_view(quads: Sequence[bytes], data: Iterable[bytes], ontology: Iterable[ox.Quad]) -> DataGraph:
    """Return the view of the quads, numbered as they come.

    They are lines of N-Quads, as are the ``data``, which may describe their readings and passages and are not viewed.
    """
    view: dict[bytes, list[bytes]] = defaultdict(list)
    described: set[bytes] = set()
    for number, line in enumerate(quads):
        subject, predicate, object_, graph = parts_of_line(line)
        node = b"<%b%d>" % (_PREFIX, number)
        described.add(graph)
        told = [(_TYPE, _STATEMENT), (_SUBJECT, subject), (_PREDICATE, predicate), (_OBJECT, object_)]
        if graph.startswith(b"<"):
            told.append((_STATED_IN, graph))
        for name, value in told:
            view[name].append(b"%b %b %b .\n" % (node, name, value))
    sources = [quads] if data is quads else [quads, data]
    readings = (parts_of_line(line) for lines in sources for line in lines if _READING_OF in line)
    described |= {object_ for subject, name, object_, _ in readings if name == _READING_OF and subject in described}
    about = (line for lines in sources for line in lines if line[: line.index(b" ")] in described)
    for line in chain(quad_lines(ontology), about):
        subject, name, object_, _ = parts_of_line(line)
        view[name].append(b"%b %b %b .\n" % (subject, name, object_))
        if name == _TYPE and object_ == _CLASS:
            view[_SUBCLASS_OF].append(b"%b %b %b .\n" % (subject, _SUBCLASS_OF, subject))
    return DataGraph({name: b"".join(lines) for name, lines in view.items()})


def statement_number(node: str) -> int | None:
    """Return the number of the quad for which a node of the view stands, or None for any other node."""
    prefix = _PREFIX.decode()
    return int(node.removeprefix(prefix)) if node.startswith(prefix) else None
