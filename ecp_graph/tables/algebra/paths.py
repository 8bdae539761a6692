"""Property paths as tables of pairs, ``s`` and ``o``, and ``g`` inside GRAPH (SPARQL 1.1 Query, section 9)."""

from __future__ import annotations

from typing import Any

from ecp_graph.tables.algebra.relation import NotCompiled, Scope

__all__ = ["pairs"]


def pairs(path: Any, scope: Scope, *, in_graph: bool, end: str = "") -> str:
    """Return the SELECT of the pairs that a path of rdflib joins, each as often as SPARQL counts it.

    ``end`` is the constant, if any, at which the path has to start or to stop. A path of no steps stays at any node of
    the graph, as in Oxigraph; by the standard it would stay at a constant too that no triple has.
    """
    from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
    from rdflib.term import URIRef

    def of(part: Any) -> str:
        return pairs(part, scope, in_graph=in_graph)

    graph = ", g" if in_graph else ""
    if isinstance(path, URIRef):
        return f"SELECT s, o{graph} FROM {'quads' if in_graph else 'triples'} WHERE p = {scope.constant(path)}"
    if isinstance(path, InvPath):
        return f"SELECT o AS s, s AS o{graph} FROM ({of(path.arg)})"
    if isinstance(path, AlternativePath):
        return " UNION ALL ".join(f"({of(part)})" for part in path.args)
    if isinstance(path, SequencePath):
        return _sequence([of(part) for part in path.args], in_graph=in_graph)
    if isinstance(path, MulPath):
        if path.zero and in_graph:
            raise NotCompiled(f"the path with {path.mod} inside GRAPH")
        some = _closure(of(path.path), in_graph=in_graph) if path.more else of(path.path)
        if path.zero:
            nodes = f"SELECT n, n FROM nodes WHERE n = {end}" if end else "SELECT n, n FROM nodes"
            some = f"SELECT s, o FROM ({some}) UNION {nodes}"
        return f"SELECT s, o{graph} FROM {scope.table('path', some)}"
    raise NotCompiled("a path with !")


def _sequence(steps: list[str], *, in_graph: bool) -> str:
    graph = ", t0.g" if in_graph else ""
    joins = [f"({steps[0]}) AS t0"]
    for at, step in enumerate(steps[1:], 1):
        same = f" AND t{at}.g = t0.g" if in_graph else ""
        joins.append(f"JOIN ({step}) AS t{at} ON t{at}.s = t{at - 1}.o{same}")
    return f"SELECT t0.s, t{len(steps) - 1}.o{graph} FROM {' '.join(joins)}"


def _closure(step: str, *, in_graph: bool) -> str:
    """Return the pairs that one or more steps join, each once."""
    graph, own, same = (", g", ", c.g", " AND c.g = step.g") if in_graph else ("", "", "")
    return (
        f"WITH RECURSIVE step AS ({step}), c(s, o{graph}) AS (SELECT s, o{graph} FROM step "
        f"UNION SELECT c.s, step.o{own} FROM c JOIN step ON c.o = step.s{same}) SELECT s, o{graph} FROM c"
    )
