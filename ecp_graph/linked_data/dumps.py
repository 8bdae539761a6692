"""The dumps of a release: the whole graph as files, with and without what was inferred, plain and with gzip.

They are made by the build from the statements as they were written, never from the store, which would normalise
literals (``"1.50"`` to ``"1.5"``). So they are as immutable as the release, and the manifest has their hashes.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from ecp_graph.namespaces import names
from ecp_graph.rdf.jsonld import context_of, graph_texts, without_prefixes, write_jsonld
from ecp_graph.rdf.writing import write_rdf
from ecp_graph.sparql.formats import TURTLE, format_named

__all__ = ["CHECKSUMS", "CONTEXT", "DUMPS", "FOLDER", "GZIP", "Dump", "write_checksums", "write_dumps"]

#: The folder of the dumps inside a release.
FOLDER: Final = "dumps"
#: SHA-256 of each dump, as ``sha256sum --check`` reads it.
CHECKSUMS: Final = "SHA256SUMS"
#: The JSON-LD context, beside the dumps.
CONTEXT: Final = "context.jsonld"
GZIP: Final = "application/gzip"

_LEVEL: Final = 6
#: Of a line of N-Quads with three terms, if none is a literal.
_SPACES_WITHOUT_GRAPH: Final = 3
_SCOPES: Final = {
    "dataset": "all statements, with what was inferred and derived",
    "asserted": "what the ontology, the shapes and the document state, without what was inferred and derived",
}
_TRIG: Final = format_named("trig", "graph")
#: The formats that dumps come in, by their extensions, and how statements stand in each.
_FORMS: Final = {
    "trig": "each statement in the named graph of its passage",
    "nq": "each statement in the named graph of its passage",
    "ttl": "each statement once, without its passage",
    "jsonld": "each statement in the named graph of its passage",
}


@dataclass(frozen=True)
class Dump:
    """One file: its scope (``dataset`` or ``asserted``), its extension, and whether it is compressed."""

    scope: str
    extension: str
    compressed: bool

    @property
    def name(self) -> str:
        """The file's name, as in ``dataset.trig.gz``."""
        return f"{self.scope}.{self.extension}" + (".gz" if self.compressed else "")

    @property
    def syntax(self) -> str:
        """The name of the syntax, as in ``TriG``."""
        return format_named(self.extension, "graph").title

    @property
    def media_type(self) -> str:
        """The media type of what is inside."""
        return format_named(self.extension, "graph").media_type

    @property
    def form(self) -> str:
        """How statements stand in it, as a phrase."""
        return _FORMS[self.extension]

    @property
    def title(self) -> str:
        """What is in it, as a phrase."""
        packed = ", compressed with gzip" if self.compressed else ""
        return f"{self.syntax}{packed}: {_SCOPES[self.scope]}; {self.form}"


#: Every dump, in the order in which they are listed.
DUMPS: Final = tuple(
    Dump(scope, extension, compressed) for scope in _SCOPES for extension in _FORMS for compressed in (False, True)
)


def write_dumps(dataset: Path, folder: Path) -> None:
    """Write every dump and the context into an existing folder, from an N-Quads file whose lines are in order.

    The same file gives the same bytes. What takes memory is the text of the file, a few times over, not its terms.
    """
    lines = dataset.read_bytes().splitlines(keepends=True)
    graphs = _graphs(lines)
    context = context_of(
        _parsed(line for line, graph in zip(lines, graphs, strict=True) if graph == names().ontology_graph)
    )
    (folder / CONTEXT).write_text(_json({"@context": context}), encoding="utf-8")
    written: tuple[Mapping[str, Any], list[tuple[str, str]]] = {}, []
    for scope in _SCOPES:
        kept = [at for at, graph in enumerate(graphs) if scope == "dataset" or not names().is_added(graph)]
        plain = b"".join(lines[at] for at in kept)
        by_graph = b"".join(lines[at] for at in sorted(kept, key=graphs.__getitem__))
        if scope == "dataset":
            _link(folder / f"{scope}.nq", dataset)
        _write(folder / f"{scope}.nq", plain)
        _write(folder / f"{scope}.ttl", write_rdf(_merged(_parse(plain)), TURTLE, plain=plain))
        _write(folder / f"{scope}.trig", write_rdf(_parse(by_graph), _TRIG, plain=plain))
        usable = without_prefixes(context, _schemes(plain))
        if usable != written[0]:  # else what stands in a graph is written in both scopes alike
            written = usable, list(graph_texts(_parse(by_graph), usable))
        texts = (text for graph, text in written[1] if scope == "dataset" or not names().is_added(graph))
        _write(folder / f"{scope}.jsonld", write_jsonld(texts, usable).encode())


def write_checksums(folder: Path, hashes: Iterable[tuple[str, str]]) -> None:
    """Write the file of checksums from pairs of file name and SHA-256."""
    (folder / CHECKSUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in hashes), encoding="utf-8")


def _graphs(lines: list[bytes]) -> list[str]:
    """Return the graph of each line, an empty text for the default graph; equal names are one object."""
    known: dict[bytes, str] = {}
    return [known.get(end) or known.setdefault(end, end.decode()) for end in map(_graph, lines)]


def _graph(line: bytes) -> bytes:
    """Return the name of the graph of a line; none has a quotation mark in it, and what ends a literal has one."""
    end = line[line.rindex(b" ", 0, -3) + 1 : -3]
    is_named = b'"' not in end and line.count(b" ") > _SPACES_WITHOUT_GRAPH
    return end.removeprefix(b"_:").strip(b"<>") if is_named else b""


def _parsed(lines: Iterable[bytes]) -> Iterator[ox.Quad]:
    return _parse(b"".join(lines))


def _parse(text: bytes) -> Iterator[ox.Quad]:
    return ox.parse(text, format=ox.RdfFormat.N_QUADS)


def _merged(quads: Iterable[ox.Quad]) -> Iterator[ox.Triple]:
    """Yield each triple once; the lines are in order, so its repetitions stand together."""
    before: ox.Triple | None = None
    for quad in quads:
        triple = quad.triple
        if triple != before:
            yield triple
        before = triple


def _link(path: Path, other: Path) -> None:
    """Let a path name the same file as another, where the file system can; else it is written like the rest."""
    with contextlib.suppress(OSError):
        path.hardlink_to(other)


def _write(path: Path, content: bytes) -> None:
    if not path.exists():
        path.write_bytes(content)
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, _LEVEL, mtime=0))


def _schemes(text: bytes) -> set[str]:
    """Return those schemes of IRIs that a prefix of the project has as its name: JSON-LD would take them for it."""
    begun = re.compile(b"<(%b):" % b"|".join(re.escape(name.encode()) for name in names().prefixes))
    return {found[1].decode() for found in begun.finditer(text)}


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
