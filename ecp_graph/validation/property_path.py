"""Property paths of shapes as SPARQL 1.1 writes them. Spec: SHACL 1.0, section 2.3.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from rdflib import RDF, SH, Graph, URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.term import Node

__all__ = ["as_path", "last_steps", "written"]

#: Deeper paths are refused, as pySHACL does.
_DEEPEST = 12
_Mark: TypeAlias = Literal["*", "?", "+"]
_MARKS: Mapping[Node, _Mark] = {SH.zeroOrMorePath: "*", SH.zeroOrOnePath: "?", SH.oneOrMorePath: "+"}


def written(shapes: Graph, path: Node, prefixes: Mapping[str, str], *, depth: int = 0) -> str:
    """Return a path of a shapes graph as text, with curies where a prefix fits.

    The text is the one that pySHACL writes. Raises ValueError for what is no path.
    """
    if isinstance(path, URIRef):
        iri = str(path)
        found = next((prefix for prefix, name in prefixes.items() if iri.startswith(name)), None)
        return f"<{iri}>" if found is None else f"{found}:{iri.replace(prefixes[found], '')}"
    if depth >= _DEEPEST:
        raise ValueError("a property path is nested too deeply")
    parts = {predicate: object_ for predicate, object_ in shapes.predicate_objects(path) if predicate != RDF.type}
    if RDF.first in parts:
        return _joined(shapes, path, " / ", prefixes, depth)
    if len(parts) != 1:
        raise ValueError("a node that is no property path stands where one is expected")
    ((kind, inner),) = parts.items()
    if kind == SH.alternativePath:
        return _joined(shapes, inner, " | ", prefixes, depth)
    text = written(shapes, inner, prefixes, depth=depth + 1)
    if kind == SH.inversePath:
        return f"^{text}"
    if kind in _MARKS:
        return f"{text}{_MARKS[kind]}"
    raise ValueError(f"{kind} makes no property path")


def as_path(shapes: Graph, path: Node, *, depth: int = 0) -> URIRef | Path:
    """Return a path of a shapes graph as rdflib has those of queries. Raises ValueError for what is no path."""
    written(shapes, path, {}, depth=depth)
    if isinstance(path, URIRef):
        return path
    if (path, RDF.first, None) in shapes:
        return SequencePath(*(as_path(shapes, member, depth=depth + 1) for member in shapes.items(path)))
    ((kind, inner),) = ((kind, inner) for kind, inner in shapes.predicate_objects(path) if kind != RDF.type)
    if kind == SH.alternativePath:
        return AlternativePath(*(as_path(shapes, member, depth=depth + 1) for member in shapes.items(inner)))
    found = as_path(shapes, inner, depth=depth + 1)
    return InvPath(found) if kind == SH.inversePath else MulPath(found, _MARKS[kind])


def last_steps(shapes: Graph, path: Node) -> set[str]:
    """Return the properties whose objects a path of sequences and alternatives leads to; none for any other path."""
    if isinstance(path, URIRef):
        return {str(path)}
    if members := list(shapes.items(path)):
        return last_steps(shapes, members[-1])
    alternatives = [member for joined in shapes.objects(path, SH.alternativePath) for member in shapes.items(joined)]
    steps = [last_steps(shapes, member) for member in alternatives]
    return {step for found in steps for step in found} if all(steps) else set()


def _joined(shapes: Graph, members: Node, mark: str, prefixes: Mapping[str, str], depth: int) -> str:
    texts = [written(shapes, member, prefixes, depth=depth + 1) for member in shapes.items(members)]
    if len(texts) < 2:
        raise ValueError("a list of property paths has fewer than two members")
    joined = mark.join(texts)
    return joined if depth == 0 else f"({joined})"
