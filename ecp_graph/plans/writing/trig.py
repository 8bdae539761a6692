"""TriG as a person writes it: a block for each graph, four spaces, prefixes in order; the same bytes each time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP
from ecp_graph.rdf.writing import sorted_head

__all__ = ["trig"]

_READING_OF: Final = ECP + "readingOf"
_INDENT: Final = re.compile(rb"^\t+", re.MULTILINE)
_NAME: Final = re.compile(rb"(?:^|[\s^])([A-Za-z][\w-]*):", re.MULTILINE)


def trig(quads: Iterable[ox.Quad], prefixes: Mapping[str, str], *, remarks: Iterable[str] = ()) -> bytes:
    """Return statements as TriG; the remarks are above, a line of comment each.

    The quads of a graph have to follow each other. In a graph, subjects are in the order in which they first occur,
    after what it says of itself as a reading, and of its passage. Raises ValueError for a remark of more than one line.
    """
    lines = [f"# {remark}" for remark in remarks]
    if any(len(line.splitlines()) > 1 for line in lines):
        raise ValueError("a remark has to be one line")
    used: set[bytes] = set()
    declared: dict[bytes, None] = {}
    blocks = []
    for _, of_graph in groupby(quads, key=lambda quad: quad.graph_name):
        text = ox.serialize(_ordered(of_graph), format=ox.RdfFormat.TRIG, prefixes=dict(prefixes)) or b""
        head, block = sorted_head(text)
        used.update(_NAME.findall(block))
        declared |= dict.fromkeys(head.splitlines())
        blocks.append(_INDENT.sub(lambda found: b"    " * len(found[0]), block))
    head = b"\n".join(line for line in declared if line.split()[1].rstrip(b":") in used)
    parts = ("\n".join(lines).encode(), head, b"\n".join(blocks))
    return b"\n\n".join(part for part in parts if part)


def _ordered(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield each quad of a graph once, those of a subject together."""
    subjects = defaultdict[object, dict[ox.Quad, None]](dict)
    graph = None
    for quad in quads:
        graph = quad.graph_name
        subjects[quad.subject][quad] = None
    passages = [quad.object for quad in subjects.get(graph, ()) if quad.predicate.value == _READING_OF]
    first = [subject for subject in (graph, *passages) if subject in subjects]
    for subject in dict.fromkeys([*first, *subjects]):
        yield from subjects[subject]
