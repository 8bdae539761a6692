"""TriG as a person writes it: a block for each graph, four spaces, prefixes in order; the same bytes each time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP
from ecp_graph.rdf.writing import prefixes_in_use, sorted_head

__all__ = ["trig"]

_READING_OF: Final = ECP + "readingOf"
_INDENT: Final = re.compile(rb"^\t+", re.MULTILINE)
_END_OF_GRAPH: Final = re.compile(rb"^\}\n(?=.)", re.MULTILINE)


def trig(quads: Iterable[ox.Quad], prefixes: Mapping[str, str], *, remarks: Iterable[str] = ()) -> bytes:
    """Return statements as TriG; the remarks stand above, a line of comment each.

    Graphs, and in them subjects, stand in the order in which they first occur, but each graph begins with what it says
    of itself as a reading, and of its passage. Raises ValueError for a remark of more than one line.
    """
    lines = [f"# {remark}" for remark in remarks]
    if any(len(line.splitlines()) > 1 for line in lines):
        raise ValueError("a remark has to be one line")
    ordered = list(_ordered(quads))
    plain = ox.serialize(ordered, format=ox.RdfFormat.N_QUADS) or b""
    text = ox.serialize(ordered, format=ox.RdfFormat.TRIG, prefixes=prefixes_in_use(plain, prefixes)) or b""
    head, body = sorted_head(text)
    body = _INDENT.sub(lambda found: b"    " * len(found[0]), body)
    body = _END_OF_GRAPH.sub(b"}\n\n", body)
    head = b"\n".join(line for line in head.splitlines() if line.split()[1] in body)
    return b"\n\n".join(part for part in ("\n".join(lines).encode(), head, body) if part)


def _ordered(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield each quad once: those of a graph together, and those of a subject in it."""
    graphs = defaultdict[object, dict[object, dict[ox.Quad, None]]](lambda: defaultdict(dict))
    for quad in quads:
        graphs[quad.graph_name][quad.subject][quad] = None
    for graph, subjects in graphs.items():
        passages = [quad.object for quad in subjects.get(graph, ()) if quad.predicate.value == _READING_OF]
        first = [subject for subject in (graph, *passages) if subject in subjects]
        for subject in dict.fromkeys([*first, *subjects]):
            yield from subjects[subject]
