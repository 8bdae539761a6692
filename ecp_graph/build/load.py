"""Reading a workspace: every data statement in the named graph of its passage, ontology and shapes in their own.

pyoxigraph parses, because it tells line numbers, keeps literals as written and never fetches anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ecp_graph.build.lines import SourceIndex
from ecp_graph.errors import InputSyntaxError, WorkspaceError
from ecp_graph.namespaces import ONTOLOGY_GRAPH, OWN_GRAPHS, SHAPES_GRAPH, compact
from ecp_graph.workspace import Workspace

__all__ = ["Sources", "load", "parse_file", "parse_numbered", "read_data"]


@dataclass(frozen=True)
class Sources:
    """The authored statements of a workspace, each once, in the order of their files."""

    ontology: list[ox.Quad]
    data: list[ox.Quad]
    shapes: list[ox.Quad]
    index: SourceIndex

    @property
    def passages(self) -> set[str]:
        """The IRIs of the named graphs of the data."""
        return {quad.graph_name.value for quad in self.data if isinstance(quad.graph_name, ox.NamedNode)}


def load(workspace: Workspace) -> Sources:
    """Return the statements of a workspace.

    A data statement outside every named graph keeps the default graph as its graph, for validation to report.
    Raises WorkspaceError when there is no ontology or no data, and InputSyntaxError (with path and line) for a file
    that cannot be parsed, a blank node in data, or data in a graph that the build writes itself.
    """
    for folder, files in (("ontology", workspace.ontology_files), ("data", workspace.data_files)):
        if not files:
            raise WorkspaceError(
                f"{workspace.root / folder} holds no RDF file, so there is nothing to build.", workspace.root
            )
    return Sources(
        ontology=_read_into(ONTOLOGY_GRAPH, workspace.ontology_files),
        data=read_data(workspace.data_files),
        shapes=_read_into(SHAPES_GRAPH, workspace.shape_files),
        index=SourceIndex(workspace.data_files + workspace.ontology_files, workspace.relative),
    )


def read_data(files: Iterable[Path]) -> list[ox.Quad]:
    """Return the quads of data files, each once; raises InputSyntaxError as `load` does."""
    quads: dict[ox.Quad, None] = {}
    for path in files:
        parsed = list(parse_file(path))
        for quad in parsed:
            _check_data(path, quad)
        quads.update(dict.fromkeys(parsed))
    return list(quads)


def parse_numbered(path: Path, prefix: str) -> list[ox.Quad]:
    """Return the quads of one file; its blank nodes are named ``prefix`` and a number, so that two builds agree."""
    names: dict[object, ox.BlankNode] = {}

    def named(term: Any) -> Any:
        return names.setdefault(term, ox.BlankNode(f"{prefix}{len(names)}")) if isinstance(term, ox.BlankNode) else term

    return [
        ox.Quad(named(quad.subject), quad.predicate, named(quad.object), named(quad.graph_name))
        for quad in parse_file(path)
    ]


def parse_file(path: Path) -> Iterator[ox.Quad]:
    """Yield the quads of one file, in a format told by its suffix.

    Raises InputSyntaxError with the line, also for an unknown suffix or what RDF 1.1 does not have.
    """
    form = ox.RdfFormat.from_extension(path.suffix.lstrip(".").lower())
    if form is None:
        known = "Turtle (.ttl), TriG (.trig), N-Triples (.nt), N-Quads (.nq), RDF/XML (.rdf) or JSON-LD (.jsonld)"
        raise InputSyntaxError(path, f"its suffix {path.suffix or '(none)'} names no RDF format; use {known}")
    try:
        for quad in ox.parse(path.read_bytes(), form):
            if isinstance(quad.object, ox.Triple) or getattr(quad.object, "direction", None):
                raise InputSyntaxError(path, f"{quad.object} is not a term of RDF 1.1", _line_of(path, quad))
            yield quad
    except SyntaxError as error:
        raise InputSyntaxError(path, _reason(error), error.lineno) from error
    except OSError as error:
        raise InputSyntaxError(path, f"it cannot be read ({error.strerror})") from error


def _read_into(graph: str, files: Iterable[Path]) -> list[ox.Quad]:
    target = ox.NamedNode(graph)
    quads: dict[ox.Quad, None] = {}
    for number, path in enumerate(files):
        for quad in parse_numbered(path, f"{graph.rpartition('/')[2]}{number}x"):
            quads[ox.Quad(quad.subject, quad.predicate, quad.object, target)] = None
    return list(quads)


def _check_data(path: Path, quad: ox.Quad) -> None:
    graph = quad.graph_name
    if any(isinstance(term, ox.BlankNode) for term in (quad.subject, quad.object, graph)):
        what = f"{_show(quad.subject)} {_show(quad.predicate)} {_show(quad.object)}"
        raise InputSyntaxError(path, f"blank node in data ({what}); give the thing an IRI", _line_of(path, quad))
    if isinstance(graph, ox.NamedNode) and graph.value in OWN_GRAPHS:
        name = compact(graph.value)
        raise InputSyntaxError(
            path, f"{name} is written by the build; use the graph of a passage", _line_of(path, quad)
        )


def _line_of(path: Path, quad: ox.Quad) -> int | None:
    if not isinstance(quad.subject, ox.NamedNode):
        return None
    found = SourceIndex([path], str).find(quad.subject.value, predicate=quad.predicate.value)
    return found.line if found else None


def _show(term: object) -> str:
    if isinstance(term, ox.BlankNode):
        return "[]"
    return compact(term.value) if isinstance(term, ox.NamedNode) else str(term)


def _reason(error: SyntaxError) -> str:
    """Return the parser's message with the column and without the line, which the path already tells."""
    text = str(error.msg)
    before, separator, after = text.partition(": ")
    return f"column {error.offset}: {after}" if separator and before.startswith("Parser error") else text
