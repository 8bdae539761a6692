"""The W3C SPARQL 1.1 query tests: read from their manifests, asked over HTTP and of the engine alone, and compared.

All data of the suite is loaded once, each file as a named graph; a test names its files as the dataset of its request.
"""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

__all__ = ["W3cTest", "passes_alone", "passes_over_http", "read_tests", "write_quads"]

_MF: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_QT: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_RS: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
#: SERVICE asks other endpoints, see tests/engines/test_federated.py; entailment is no part of a query service.
_LEFT_OUT: Final = frozenset({"entailment", "service", "syntax-fed"})
_TESTS: Final = f"""
PREFIX mf: <{_MF}> PREFIX qt: <{_QT}>
SELECT ?test ?type ?name ?action ?query ?result
  (GROUP_CONCAT(DISTINCT COALESCE(STR(?data), "")) AS ?datas)
  (GROUP_CONCAT(DISTINCT COALESCE(STR(?named), "")) AS ?nameds)
WHERE {{
  ?test a ?type ; mf:name ?name ; mf:action ?action .
  OPTIONAL {{ ?test mf:result ?result }}
  OPTIONAL {{ ?action qt:query ?query }} OPTIONAL {{ ?action qt:data ?data }} OPTIONAL {{ ?action qt:graphData ?named }}
}} GROUP BY ?test ?type ?name ?action ?query ?result
"""
_EVALUATED: Final = frozenset({"QueryEvaluationTest", "CSVResultFormatTest"})
_POSITIVE: Final = frozenset({"PositiveSyntaxTest", "PositiveSyntaxTest11"})
_NEGATIVE: Final = frozenset({"NegativeSyntaxTest", "NegativeSyntaxTest11"})
_SYNTAX_OF: Final = {".srx": "xml", ".srj": "json", ".tsv": "tsv", ".csv": "csv"}
_FORMATS: Final = {
    "xml": ox.QueryResultsFormat.XML,
    "json": ox.QueryResultsFormat.JSON,
    "tsv": ox.QueryResultsFormat.TSV,
}
_NOTHING: Final = "urn:nothing"


@dataclass(frozen=True)
class W3cTest:
    """One test: what it is called, its kind, its query, the files of its dataset, and the file of its result."""

    name: str
    kind: str
    query: Path
    default: tuple[Path, ...]
    named: tuple[Path, ...]
    result: Path | None

    @property
    def sparql(self) -> str:
        """The query, with the address of its file as the base of its relative IRIs."""
        return f"BASE <{self.query.as_uri()}> {self.query.read_text(encoding='utf-8')}"

    @property
    def has_own_dataset(self) -> bool:
        """Whether the query itself says what it is asked over."""
        return not self.default and not self.named and "FROM" in self.query.read_text(encoding="utf-8").upper()


def read_tests(folder: Path) -> list[W3cTest]:
    """Return the query tests of the suite in that folder, by folder and name."""
    found = []
    for manifest in sorted(folder.glob("*/manifest.ttl")):
        if manifest.parent.name in _LEFT_OUT:
            continue
        store = ox.Store()
        store.load(path=str(manifest), format=ox.RdfFormat.TURTLE, base_iri=manifest.as_uri())
        rows = store.query(_TESTS)
        assert isinstance(rows, ox.QuerySolutions)
        for row in rows:
            kind = row["type"].value.removeprefix(_MF)
            query = row["query"] or row["action"]
            if kind not in _EVALUATED | _POSITIVE | _NEGATIVE or not isinstance(query, ox.NamedNode):
                continue
            if query.value.endswith(".rq") and _path(query.value).is_file():  # .ru is an update
                result = _path(row["result"].value) if row["result"] is not None else None
                files = (tuple(map(_path, row[name].value.split())) for name in ("datas", "nameds"))
                name = f"{manifest.parent.name}: {row['name'].value} ({_path(query.value).name})"
                found.append(W3cTest(name, kind, _path(query.value), *files, result))
    return sorted(found, key=lambda test: test.name)


def _path(address: str) -> Path:
    return Path(urllib.request.url2pathname(urllib.parse.urlsplit(address).path))


def write_quads(folder: Path, target: Path) -> int:
    """Write every RDF file of the suite as a named graph of one N-Quads file; return the number of graphs."""
    graphs = 0
    with target.open("wb") as out:
        for path in sorted(folder.glob("*/*")):
            if path.name.startswith("manifest") or path.suffix not in {".ttl", ".rdf", ".nt"}:
                continue
            try:
                quads = list(_quads(path))
            except SyntaxError:
                continue
            graphs += bool(quads)
            out.write(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
    return graphs


def _quads(path: Path) -> Iterator[ox.Quad]:
    graph = ox.NamedNode(path.as_uri())
    for quad in ox.parse(path=str(path), base_iri=path.as_uri(), rename_blank_nodes=True):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def passes_alone(test: W3cTest) -> bool:
    """Return whether the engine alone, in this process, gives what the test expects."""
    store = ox.Store()
    for path in {*test.default, *test.named, *(_siblings(test) if test.has_own_dataset else ())}:
        if path.is_file():
            store.extend(_quads(path))
    try:
        if test.has_own_dataset:
            results = store.query(test.sparql)
        else:
            results = store.query(
                test.sparql,
                default_graph=[ox.NamedNode(path.as_uri()) for path in test.default],
                named_graphs=[ox.NamedNode(path.as_uri()) for path in test.named],
            )
        if test.result is None:
            return test.kind in _POSITIVE
        if isinstance(results, ox.QueryTriples):
            return _same([ox.Quad(t.subject, t.predicate, t.object) for t in results], _graph(test.result))
        syntax = _SYNTAX_OF.get(test.result.suffix, "json")
        fmt = ox.QueryResultsFormat.CSV if syntax == "csv" else _FORMATS[syntax]
        return _agrees(test.result, syntax, results.serialize(format=fmt) or b"")
    except (SyntaxError, ValueError, RuntimeError, OSError):
        return test.kind in _NEGATIVE


def _siblings(test: W3cTest) -> list[Path]:
    return [path for path in test.query.parent.glob("*.ttl") if path.name != "manifest.ttl"]


def passes_over_http(test: W3cTest, endpoint: str) -> bool:
    """Return whether the endpoint gives what the test expects, in the format in which the suite has it."""
    pairs = [("query", test.sparql)]
    if not test.has_own_dataset:
        pairs += [("default-graph-uri", path.as_uri()) for path in test.default] or [("default-graph-uri", _NOTHING)]
        pairs += [("named-graph-uri", path.as_uri()) for path in test.named]
    is_graph = test.result is not None and test.result.suffix in {".ttl", ".rdf"} and not _is_table(test.result)
    syntax = "" if test.result is None else "nt" if is_graph else _SYNTAX_OF.get(test.result.suffix, "json")
    body = urllib.parse.urlencode([*pairs, *([("format", syntax)] if syntax else [])]).encode()
    request = urllib.request.Request(endpoint, body, {"Accept": "*/*"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            said = response.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code == 400 and test.kind in _NEGATIVE
    if test.result is None:
        return test.kind in _POSITIVE
    if is_graph:
        return _same(ox.parse(said, ox.RdfFormat.N_TRIPLES), _graph(test.result))
    return _agrees(test.result, syntax, said)


def _graph(path: Path) -> list[ox.Quad]:
    return list(ox.parse(path=str(path), base_iri=path.as_uri()))


def _is_table(path: Path) -> bool:
    return any(quad.predicate.value == _RS + "resultVariable" for quad in _graph(path))


def _agrees(expected: Path, syntax: str, said: bytes) -> bool:
    if syntax == "csv":
        return sorted(said.split()) == sorted(expected.read_bytes().split())
    if expected.suffix in {".ttl", ".rdf"}:
        return _same(_rows(ox.parse_query_results(said, _FORMATS[syntax])), _rows_of_graph(_graph(expected)))
    return _same(*(_rows(ox.parse_query_results(text, _FORMATS[syntax])) for text in (said, expected.read_bytes())))


def _rows(results: ox.QuerySolutions | ox.QueryBoolean) -> list[ox.Quad]:
    """Return a table as a graph, in which each row is a blank node: so blank nodes are compared as what they are."""
    if isinstance(results, ox.QueryBoolean):
        return [ox.Quad(ox.NamedNode("u:answer"), ox.NamedNode("u:is"), ox.Literal(bool(results)))]
    names = sorted(variable.value for variable in results.variables)
    quads = [ox.Quad(ox.NamedNode("u:table"), ox.NamedNode("u:has"), ox.Literal(name)) for name in names]
    for solution in results:
        row = ox.BlankNode()
        quads.append(ox.Quad(row, ox.NamedNode("u:in"), ox.NamedNode("u:table")))
        quads += [
            ox.Quad(row, ox.NamedNode(f"v:{name}"), _plain(solution[name]))
            for name in names
            if solution[name] is not None
        ]
    return quads


def _plain(term: Any) -> Any:
    """Return a number in one of the ways to write it: 2.0 is 2.00, and 1e0 is 1.0e0."""
    if not isinstance(term, ox.Literal):
        return term
    number = {"integer": Decimal, "decimal": Decimal, "double": float, "float": float}
    read = number.get(term.datatype.value.removeprefix(_XSD))
    if read is None:
        return term
    value = read(term.value)
    return ox.Literal(str(value.normalize() if isinstance(value, Decimal) else value), datatype=term.datatype)


def _rows_of_graph(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the same of a table written with the vocabulary for result sets."""
    store = ox.Store()
    store.extend(quads)
    names = store.query(f"SELECT DISTINCT ?n {{ ?s <{_RS}resultVariable> ?n }} ORDER BY ?n")
    binding = f"?r <{_RS}binding> [ <{_RS}variable> ?n ; <{_RS}value> ?v ]"
    cells = store.query(f"SELECT ?r ?n ?v {{ ?s <{_RS}solution> ?r OPTIONAL {{ {binding} }} }}")
    assert isinstance(names, ox.QuerySolutions)
    assert isinstance(cells, ox.QuerySolutions)
    table = ox.NamedNode("u:table")
    found = [ox.Quad(table, ox.NamedNode("u:has"), name["n"]) for name in names]
    for cell in cells:
        found.append(ox.Quad(cell["r"], ox.NamedNode("u:in"), table))
        if cell["n"] is not None:
            found.append(ox.Quad(cell["r"], ox.NamedNode(f"v:{cell['n'].value}"), _plain(cell["v"])))
    return found


def _same(left: Iterable[ox.Quad], right: Iterable[ox.Quad]) -> bool:
    one, other = ox.Dataset(left), ox.Dataset(right)
    for dataset in (one, other):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return one == other
