"""The dumps of a release: the whole graph as files, with and without what was inferred, plain and with gzip.

They are made by the build from the statements as they were written, never from the store, which would normalise
literals (``"1.50"`` to ``"1.5"``). So they are as immutable as the release, and the manifest has their hashes.
"""

from __future__ import annotations

import contextlib
import gzip
import heapq
import json
import re
import shutil
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from ecp_graph.namespaces import names
from ecp_graph.rdf.jsonld import JsonLd, context_of, graph_texts, without_prefixes
from ecp_graph.rdf.writing import Text, prefixes_in_use, sorting_head
from ecp_graph.sparql.formats import TURTLE, Format, format_named

__all__ = ["CHECKSUMS", "CONTEXT", "DUMPS", "FOLDER", "GZIP", "Dump", "write_checksums", "write_dumps"]

#: The folder of the dumps inside a release.
FOLDER: Final = "dumps"
#: SHA-256 of each dump, as ``sha256sum --check`` reads it.
CHECKSUMS: Final = "SHA256SUMS"
#: The JSON-LD context, beside the dumps.
CONTEXT: Final = "context.jsonld"
GZIP: Final = "application/gzip"

_LEVEL: Final = 6
_AT_ONCE: Final = 1_000_000
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

    The same file gives the same bytes. What takes memory is the text of the file, not its terms.
    """
    _link(folder / "dataset.nq", dataset)
    usable = {}
    with TemporaryDirectory(dir=folder, prefix=".") as scratch:
        by_graph = {scope: Path(scratch) / scope for scope in _SCOPES}
        with _Lines.of(dataset) as lines:
            context = context_of(_parsed(lines.of_graph(names().ontology_graph)))
            (folder / CONTEXT).write_text(_json({"@context": context}), encoding="utf-8")
            for scope, path in by_graph.items():
                plain = folder / f"{scope}.nq"
                graphs = [graph for graph in lines.graphs if _is_in(scope, graph)]
                if not plain.exists():
                    _write_lines(plain, lines.in_order(graphs))
                _write_lines(path, (line for graph in sorted(graphs) for line in lines.of_graph(graph)))
        for scope in by_graph:
            with _mapped(folder / f"{scope}.nq") as text:
                usable[scope] = without_prefixes(context, _schemes(text))
        for scope, path in by_graph.items():
            plain = folder / f"{scope}.nq"
            with plain.open("rb") as source, _packed(plain) as sink:
                shutil.copyfileobj(source, sink, _AT_ONCE)
            _write_rdf(folder / f"{scope}.ttl", TURTLE, _merged(_read(plain)), plain)
            _write_rdf(folder / f"{scope}.trig", _TRIG, _read(path), plain)
        if all(one == usable["dataset"] for one in usable.values()):
            _write_jsonld(folder, by_graph["dataset"], usable)
        else:
            for scope, path in by_graph.items():
                _write_jsonld(folder, path, {scope: usable[scope]})


def write_checksums(folder: Path, hashes: Iterable[tuple[str, str]]) -> None:
    """Write the file of checksums from pairs of file name and SHA-256."""
    (folder / CHECKSUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in hashes), encoding="utf-8")


class _Lines:
    """The lines of a text of N-Quads by their graphs; only the places of the lines are kept in memory."""

    def __init__(self, text: Text) -> None:
        self._text = text
        #: The places where the lines of each graph begin, an empty name for the default graph.
        self.graphs: dict[str, array[int]] = {}
        by_end: dict[bytes, array[int]] = {}
        start = 0
        while start < len(text):
            end = text.find(b"\n", start) + 1 or len(text)
            graph = _graph(text[start:end])
            if graph not in by_end:
                by_end[graph] = self.graphs.setdefault(graph.decode(), array("Q"))
            by_end[graph].append(start)
            start = end

    @classmethod
    @contextmanager
    def of(cls, path: Path) -> Iterator[_Lines]:
        """Yield the lines of a file, which are read as they are asked for."""
        with _mapped(path) as text:
            yield cls(text)

    def of_graph(self, graph: str) -> Iterator[bytes]:
        """Yield the lines of a graph."""
        return map(self._line, self.graphs.get(graph, ()))

    def in_order(self, graphs: Iterable[str]) -> Iterator[bytes]:
        """Yield the lines of some graphs in the order of the text."""
        return map(self._line, heapq.merge(*(self.graphs[graph] for graph in graphs)))

    def _line(self, start: int) -> bytes:
        return self._text[start : self._text.find(b"\n", start) + 1 or len(self._text)]


def _graph(line: bytes) -> bytes:
    """Return the name of the graph of a line; none has a quotation mark in it, and what ends a literal has one."""
    end = line[line.rindex(b" ", 0, -3) + 1 : -3]
    is_named = b'"' not in end and line.count(b" ") > _SPACES_WITHOUT_GRAPH
    return end.removeprefix(b"_:").strip(b"<>") if is_named else b""


def _is_in(scope: str, graph: str) -> bool:
    return scope == "dataset" or not names().is_added(graph)


def _parsed(lines: Iterable[bytes]) -> Iterator[ox.Quad]:
    return ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)


def _read(path: Path) -> Iterator[ox.Quad]:
    return ox.parse(path=path, format=ox.RdfFormat.N_QUADS)


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


def _write_lines(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("wb") as stream:
        stream.writelines(lines)


def _write_rdf(path: Path, wanted: Format, statements: Iterable[ox.Quad] | Iterable[ox.Triple], plain: Path) -> None:
    with _mapped(plain) as text:
        prefixes = prefixes_in_use(text)
    with _written(path) as sink, sorting_head(sink) as head:
        ox.serialize(statements, head, format=wanted.writer, prefixes=prefixes)


def _write_jsonld(folder: Path, by_graph: Path, contexts: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the dumps of some scopes, whose contexts are equal: a graph is written alike in each."""
    context = next(iter(contexts.values()))
    with contextlib.ExitStack() as opened:
        sinks = {scope: opened.enter_context(_written(folder / f"{scope}.jsonld")) for scope in contexts}
        documents = {scope: JsonLd(sink, context) for scope, sink in sinks.items()}
        for graph, text in graph_texts(_read(by_graph), context):
            for scope, document in documents.items():
                if _is_in(scope, graph):
                    document.add(text)
        for document in documents.values():
            document.end()


class _Both:
    """Writes into two files at once."""

    def __init__(self, *sinks: IO[bytes]) -> None:
        self._sinks = sinks

    def write(self, content: bytes) -> int:
        for sink in self._sinks:
            sink.write(content)
        return len(content)

    def flush(self) -> None:
        """Do nothing: the files are closed in the end."""


@contextmanager
def _written(path: Path) -> Iterator[IO[bytes]]:
    """Yield what writes a file, and beside it the same with gzip."""
    with path.open("wb") as plain, _packed(path) as packed:
        yield cast(IO[bytes], _Both(plain, packed))


@contextmanager
def _packed(path: Path) -> Iterator[IO[bytes]]:
    """Yield what writes the file beside a path that has the same with gzip."""
    with (
        path.with_name(path.name + ".gz").open("wb") as stream,
        gzip.GzipFile("", "wb", _LEVEL, stream, mtime=0) as packed,
    ):
        yield cast(IO[bytes], packed)


@contextmanager
def _mapped(path: Path) -> Iterator[Text]:
    """Yield the bytes of a file, which are read as they are asked for."""
    if not path.stat().st_size:  # such a file cannot be mapped
        yield b""
        return
    with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as content:
        yield content


def _schemes(text: Text) -> set[str]:
    """Return those schemes of IRIs that a prefix of the project has as its name: JSON-LD would take them for it."""
    begun = re.compile(b"<(%b):" % b"|".join(re.escape(name.encode()) for name in names().prefixes))
    return {found[1].decode() for found in begun.finditer(text)}


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
