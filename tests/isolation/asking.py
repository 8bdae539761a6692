"""Queries that end only at a limit, and looks at an engine and its processes."""

from __future__ import annotations

import os
from pathlib import Path

from ecp_graph.engine.isolation.pool import IsolatedEngine

__all__ = ["ENDLESS", "HUNGRY", "STREAM", "TRIPLES", "answers", "children"]

TRIPLES = "".join(f"<http://x/s{n}> <http://x/p> {n} .\n" for n in range(3000))
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HUNGRY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g ?i"
STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def answers(engine: IsolatedEngine) -> bool:
    """Whether a small query gets its answer, after all that wait before it."""
    return engine.query("ASK { <http://x/s1> ?p ?o }", fmt="json").read() == b'{"head":{},"boolean":true}'


def children() -> set[int]:
    """Return the processes below this one, at any depth."""
    parents = {}
    for folder in Path("/proc").iterdir():
        try:
            stat = (folder / "stat").read_text(encoding="ascii") if folder.name.isdigit() else ""
        except (FileNotFoundError, ProcessLookupError):
            continue
        if stat and stat.rpartition(") ")[2].split()[0] != "Z":
            parents[int(folder.name)] = int(stat.rpartition(") ")[2].split()[1])
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}
