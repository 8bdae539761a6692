"""Reading a workspace: every data statement in the named graph of its passage, ontology and shapes in their own.

pyoxigraph parses, because it tells line numbers, keeps literals as written and never fetches anything. It does so in
processes with limits (`ecp_graph.confined`), which hand the statements over as N-Quads; these are kept for the next
time (`ecp_graph.rdf.cache`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from ecp_graph.confined import GREEDY, LimitReached, Limits, confined, now_reading
from ecp_graph.errors import InputSyntaxError, WorkspaceError
from ecp_graph.inputs import TOO_LONG, input_size, read_input, too_long
from ecp_graph.namespaces import ECP, SHAPES, compact, names
from ecp_graph.rdf.cache import cached, entry_name, keep, shrink
from ecp_graph.rdf.left_out import refuse_left_out
from ecp_graph.rdf.lines import SourceIndex
from ecp_graph.rdf.nquads import NQuads
from ecp_graph.workspace import Workspace

__all__ = ["Sources", "load", "parse_file", "parse_files", "read_files"]

#: N-Quads are rarely more than four times as long as a file; with a long prefix they can be a million times.
_RESULT_BYTES: Final = 16_000_000
_RESULT_BYTES_PER_BYTE: Final = 40
#: The parsers take no longer term.
_LONGEST_LINE: Final = 16_777_216
#: The files that one process parses are together no larger, if there are several.
_BATCH_BYTES: Final = 100_000_000

#: What to do about an error of a parser, by a part of its message.
_TO_DO: Final = {
    "No LoadDocumentCallback": "Its @context is at another address, and nothing is fetched: write the context itself "
    "into the file.",
    "No scheme found in an absolute IRI": "Write the IRI in full, or declare a base: @base <https://example.org/> .",
    "UTF-8": "Save the file as UTF-8.",
    "Unexpected end of file": "Is a quotation mark, a bracket or the last full stop missing?",
}
_PASSAGE_OF: Final = ox.NamedNode(ECP + "passageOf")
_PROFILE_OF: Final = ox.NamedNode(SHAPES + "profileOf")


@dataclass(frozen=True)
class Sources:
    """The authored statements of a workspace, each once, in the order of their files.

    ``profiles`` gives for a document the IRIs of the shapes that hold for it alone; they are among the shapes.
    """

    ontology: list[ox.Quad]
    data: Sequence[ox.Quad]
    shapes: list[ox.Quad]
    index: SourceIndex
    profiles: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def readings(self) -> set[str]:
        """The IRIs of the named graphs of the data."""
        return {quad.graph_name.value for quad in self.data if isinstance(quad.graph_name, ox.NamedNode)}


def load(workspace: Workspace) -> Sources:
    """Return the statements of a workspace.

    A data statement outside every named graph keeps the default graph as its graph, for validation to report. Profiles
    of documents in which the data have no passage are left out. Raises WorkspaceError when there is no ontology or no
    data, and InputSyntaxError (with path and line) for a file that cannot be parsed, or that the build would leave out,
    a profile that does not name its document, a blank node in data, or data in a graph that the build writes itself.
    """
    refuse_left_out(workspace)
    ontology, data = workspace.ontology_files, workspace.data_files
    shapes, profiles = workspace.shape_files, workspace.profile_files
    for name, files in (("ontology", ontology), ("data", data)):
        if not files:
            folder = workspace.folder(name)
            raise WorkspaceError(f"{folder} holds no RDF file, so there is nothing to build.", workspace.root)
    of_ontology, of_shapes = names().ontology_graph, names().shapes_graph
    of_ours = [*_numbered("ontology", ontology), *_numbered("shapes", [*shapes, *profiles])]
    texts = read_files([*of_ours, *_data(data)])
    ours = {path: _quads(texts[path]) for path, _ in of_ours}
    stated = NQuads([texts[path] for path in data])
    documents = {path: _document(path, ours[path]) for path in profiles}
    read = stated.iris_of(_PASSAGE_OF.value) if documents else set()
    in_force = [path for path in profiles if documents[path] in read]
    return Sources(
        ontology=_in_graph(of_ontology, (ours[path] for path in ontology)),
        data=stated,
        shapes=_in_graph(of_shapes, (ours[path] for path in [*shapes, *in_force])),
        index=SourceIndex([*data, *ontology, *shapes, *in_force], workspace.relative),
        profiles=_profiles((documents[path], ours[path]) for path in in_force),
    )


def _quads(text: bytes) -> list[ox.Quad]:
    return list(ox.parse(text, format=ox.RdfFormat.N_QUADS))


def _document(path: Path, quads: Iterable[ox.Quad]) -> str:
    """Return the document whose profile a file is."""
    found = set(_objects(_PROFILE_OF, quads))
    if len(found) != 1:
        raise InputSyntaxError(
            path,
            f"a profile is that of one document, but this one names {len(found) or 'none'}. State it once at its "
            "owl:Ontology with ecpsh:profileOf, or move the file up to shapes/ if its rules hold for any plan.",
        )
    return found.pop()


def _objects(predicate: ox.NamedNode, quads: Iterable[ox.Quad]) -> Iterator[str]:
    found = (quad.object for quad in quads if quad.predicate == predicate)
    return (term.value for term in found if isinstance(term, ox.NamedNode))


def _profiles(parts: Iterable[tuple[str, Iterable[ox.Quad]]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for document, quads in parts:
        subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
        found.setdefault(document, set()).update(subjects)
    return {document: frozenset(subjects) for document, subjects in found.items()}


def parse_files(files: Sequence[tuple[Path, str | None]]) -> dict[Path, list[ox.Quad]]:
    """Return the quads of each file, as `read_files` reads them."""
    return {path: _quads(text) for path, text in read_files(files).items()}


def read_files(files: Sequence[tuple[Path, str | None]]) -> dict[Path, bytes]:
    """Return each file as N-Quads; with a prefix, its blank nodes are named so and by number, so that builds agree.

    A file without a prefix is data, which has no blank nodes. Raises InputSyntaxError as `parse_file` does, for what
    data may not have, and for a file that takes far more memory or time than its size needs.
    """
    found = {path: cached(_entry(path, prefix, read_input(path))) for path, prefix in files}
    missing = [file for file in files if found[file[0]] is None]
    for batch in _batches(missing):
        for (path, _), (name, text) in zip(batch, _confined_texts(batch), strict=True):
            keep(name, text)
            found[path] = text
    if missing:
        shrink()
    return {path: text for path, text in found.items() if text is not None}


def _entry(path: Path, prefix: str | None, content: bytes) -> str:
    """Return the name under which the cache has the statements of a file with a content."""
    # the graphs that data may not write depend on the base
    checked = f"data of {names().base}" if prefix is None else f"names {prefix}"
    return entry_name(content, path.suffix.lower(), checked)


def _batches(files: Iterable[tuple[Path, str | None]]) -> Iterator[list[tuple[Path, str | None]]]:
    batch: list[tuple[Path, str | None]] = []
    size = 0
    for path, prefix in files:
        if batch and size + input_size(path) > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append((path, prefix))
        size += input_size(path)
    if batch:
        yield batch


def _confined_texts(files: Sequence[tuple[Path, str | None]]) -> list[tuple[str, bytes]]:
    sizes = [input_size(path) for path, _ in files]
    try:
        return confined(_texts, files, limits=Limits.of_files(sum(sizes)))
    except LimitReached as reached:
        raise InputSyntaxError(reached.path or files[0][0], GREEDY) from None


def parse_file(path: Path) -> Iterator[ox.Quad]:
    """Yield the quads of one file, in a format told by its suffix, parsed in this process without limits.

    Raises InputSyntaxError with the line, also for an unknown suffix or what RDF 1.1 does not have.
    """
    form = ox.RdfFormat.from_extension(path.suffix.lstrip(".").lower())
    if form is None:
        known = "Turtle (.ttl), TriG (.trig), N-Triples (.nt), N-Quads (.nq), RDF/XML (.rdf) or JSON-LD (.jsonld)"
        raise InputSyntaxError(path, f"its suffix {path.suffix or '(none)'} names no RDF format; use {known}")
    yield from _of_rdf_1_1(path, read_input(path), form)


def _of_rdf_1_1(path: Path, content: bytes, form: ox.RdfFormat) -> Iterator[ox.Quad]:
    for quad in _parsed(path, content, form):
        if isinstance(quad.object, ox.Triple) or getattr(quad.object, "direction", None):
            raise InputSyntaxError(path, f"{quad.object} is not a term of RDF 1.1", _line_of(path, content, quad))
        yield quad


def _texts(files: Sequence[tuple[Path, str | None]]) -> list[tuple[str, bytes]]:
    """Return the quads of each file as N-Quads, with the name of its entry; called in a process with limits."""
    texts = []
    for path, prefix in files:
        now_reading(path)
        content = read_input(path)  # once, so that the entry is that of the very content that is parsed
        form = ox.RdfFormat.from_extension(path.suffix.lstrip(".").lower())
        quads = _of_rdf_1_1(path, content, form) if form else parse_file(path)
        checked = _checked_data(path, content, quads) if prefix is None else _named(quads, prefix)
        text: bytes = ox.serialize(checked, format=ox.RdfFormat.N_QUADS) or b""
        if len(text) > _RESULT_BYTES + _RESULT_BYTES_PER_BYTE * len(content):
            raise InputSyntaxError(path, GREEDY)
        if len(text) > _LONGEST_LINE and max(map(len, text.splitlines())) > _LONGEST_LINE:
            raise InputSyntaxError(path, TOO_LONG)  # for whoever parses the N-Quads, which have more escapes
        texts.append((_entry(path, prefix, content), text))
    return texts


def _parsed(path: Path, content: bytes, form: ox.RdfFormat) -> Iterator[ox.Quad]:
    try:
        yield from ox.parse(content, form)
    except SyntaxError as error:
        raise InputSyntaxError(path, _reason(error), error.lineno) from error
    except MemoryError as error:
        if not too_long(error):
            raise
        raise InputSyntaxError(path, TOO_LONG) from error


def _named(quads: Iterable[ox.Quad], prefix: str) -> Iterator[ox.Quad]:
    names: dict[object, ox.BlankNode] = {}

    def named(term: Any) -> Any:
        return names.setdefault(term, ox.BlankNode(f"{prefix}{len(names)}")) if isinstance(term, ox.BlankNode) else term

    for quad in quads:
        yield ox.Quad(named(quad.subject), quad.predicate, named(quad.object), named(quad.graph_name))


def _numbered(what: str, files: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    return ((path, f"{what}{number}x") for number, path in enumerate(files))


def _data(files: Iterable[Path]) -> Iterator[tuple[Path, None]]:
    return ((path, None) for path in files)


def _in_graph(graph: str, parts: Iterable[Iterable[ox.Quad]]) -> list[ox.Quad]:
    target = ox.NamedNode(graph)
    quads = (ox.Quad(quad.subject, quad.predicate, quad.object, target) for part in parts for quad in part)
    return list(dict.fromkeys(quads))


def _checked_data(path: Path, content: bytes, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    for quad in quads:
        if reason := _unfit(quad):
            raise InputSyntaxError(path, reason, _line_of(path, content, quad))
        yield quad


def _unfit(quad: ox.Quad) -> str | None:
    """Return why a quad may not stand in data."""
    graph = quad.graph_name
    if any(isinstance(term, ox.BlankNode) for term in (quad.subject, quad.object, graph)):
        what = f"{_show(quad.subject)} {_show(quad.predicate)} {_show(quad.object)}"
        return f"blank node in data ({what}); give the thing an IRI"
    if isinstance(graph, ox.NamedNode) and names().is_own(graph.value):
        return f"{compact(graph.value)} is written by the build; use the graph of a passage"
    return None


def _line_of(path: Path, content: bytes, quad: ox.Quad) -> int | None:
    if not isinstance(quad.subject, ox.NamedNode):
        return None
    index = SourceIndex([path], str, read=lambda _: content)
    found = index.find(quad.subject.value, predicate=quad.predicate.value)
    return found.line if found else None


def _show(term: object) -> str:
    if isinstance(term, ox.BlankNode):
        return "[]"
    return compact(term.value) if isinstance(term, ox.NamedNode) else str(term)


def _reason(error: SyntaxError) -> str:
    """Return the parser's message, with the column and without the line, which the path tells, and what to do."""
    text = str(error.msg)
    before, separator, after = text.partition(": ")
    reason = f"column {error.offset}: {after}" if separator and before.startswith("Parser error") else text
    to_do = next((what for part, what in _TO_DO.items() if part in text), "")
    return f"{reason.rstrip('.')}. {to_do}" if to_do else reason
