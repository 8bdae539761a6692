"""Turtle with the project's prefixes, the same bytes for the same triples."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from ecp_graph.namespaces import names

__all__ = ["to_turtle"]


def to_turtle(triples: Iterable[ox.Triple]) -> str:
    """Return the triples as Turtle, in the order given, headed by the prefixes in use in the order of their names."""
    data = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=dict(names().prefixes))
    lines = (data or b"").decode().splitlines(keepends=True)
    header = [line for line in lines if line.startswith("@prefix ")]
    body = "".join(lines[len(header) :])
    used = (line for line in sorted(header) if line.split()[1] in body)
    return "".join(used) + "\n" + body
