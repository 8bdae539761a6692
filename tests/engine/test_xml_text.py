"""Answers in XML are XML, or an error says what they cannot carry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from rdflib import Graph

from ecp_graph.engine import Engine
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.engine.isolation.pool import IsolatedEngine, Limits
from ecp_graph.errors import FormatUnfit
from ecp_graph.linked_data.document import serialise
from ecp_graph.rdf.xml_text import XmlSink, checked_xml
from ecp_graph.sparql.formats import Format, format_named
from ecp_graph.web.app import create_app
from ecp_graph.web.state.source import FixedEngine

_CANNOT = [*map(chr, range(9)), "\x0b", "\x0c", *map(chr, range(0x0E, 0x20)), "\ufffe", "\uffff"]
_CAN = ["\t", "\n", "\r", "\x7f", "\x85", "\u2028", "\ufffd", "\ufeff", "\U0001fffe", "<&>'\"", "]]>", "a\r\nb"]
_QUERIES = {"xml": "SELECT ?o { ?s ?p ?o }", "rdf": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"}


def _engine(text: str, predicate: str = "u:p") -> EmbeddedEngine:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("u:s"), ox.NamedNode(predicate), ox.Literal(text)))
    return EmbeddedEngine(store, name="test")


def _format(name: str) -> Format:
    return format_named(name, "table" if name == "xml" else "graph")


@pytest.mark.parametrize("fmt", _QUERIES)
def test_a_character_that_xml_cannot_carry_is_an_error(fmt: str) -> None:
    others = {"xml": "json, csv or tsv", "rdf": "ttl, nt, jsonld, trig or nq"}[fmt]
    assert len(_CANNOT) == 31
    for char in _CANNOT:
        engine = _engine(f"a{char}b")
        with pytest.raises(FormatUnfit, match=rf"U\+{ord(char):04X}, which XML cannot carry.*{others}"):
            engine.query(_QUERIES[fmt], fmt=fmt)
        assert engine.query(_QUERIES[fmt]).read()


@pytest.mark.parametrize("text", _CAN)
def test_every_other_character_comes_back_as_it_is(text: str) -> None:
    engine = _engine(f"a{text}b")
    table = ElementTree.fromstring(engine.query(_QUERIES["xml"], fmt="xml").read())
    assert [found.text for found in table.iter("{http://www.w3.org/2005/sparql-results#}literal")] == [f"a{text}b"]
    graph = Graph().parse(data=engine.query(_QUERIES["rdf"], fmt="rdf").read(), format="xml")
    assert [str(o) for o in graph.objects()] == [f"a{text}b"]


@pytest.mark.parametrize("predicate", ["http://x/", "u:1", "u:p#", "http://x/a%20"])
def test_a_property_without_a_name_is_an_error_of_rdf_xml_alone(predicate: str) -> None:
    engine = _engine("<oxprefix: >", predicate)
    with pytest.raises(FormatUnfit, match="a property whose IRI does not end in a name"):
        engine.query(_QUERIES["rdf"], fmt="rdf")
    assert b"oxprefix" in engine.query(_QUERIES["xml"], fmt="xml").read()
    assert engine.query(_QUERIES["rdf"], fmt="ttl").read()


def test_a_literal_that_looks_like_such_a_property_is_none() -> None:
    assert _engine("<oxprefix: >").query(_QUERIES["rdf"], fmt="rdf").read()


def test_all_of_the_bundled_graph_can_be_written_in_xml(engine: Engine) -> None:
    triples = engine.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", fmt="rdf").read()
    assert len(ElementTree.fromstring(triples)) > 1_000


class _Kept:
    def __init__(self) -> None:
        self.data = b""
        self.flushed = False

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)

    def flush(self) -> None:
        self.flushed = True


@pytest.mark.parametrize("pieces", [[b"a\xef", b"\xbf\xbe"], [b"\xef\xbf", b"\xbf"], [b"a", b"\x01"]])
def test_a_character_that_comes_in_pieces_is_seen(pieces: list[bytes]) -> None:
    kept = _Kept()
    sink = XmlSink(kept, _format("xml"))
    sink.write(pieces[0])
    with pytest.raises(FormatUnfit):
        sink.write(pieces[1])
    assert kept.data == pieces[0]


def test_what_is_well_passes_unchanged() -> None:
    kept = _Kept()
    sink = XmlSink(kept, _format("xml"))
    for piece in (b"<a>\xef", b"\xbf", b"\xbd</a>"):
        assert sink.write(piece) == len(piece)
    sink.flush()
    assert (kept.data, kept.flushed) == (b"<a>\xef\xbf\xbd</a>", True)
    assert sink.write(b"\r") == 1
    assert kept.data.endswith(b"&#13;")
    assert checked_xml(b"<a>\r\n</a>", _format("rdf")) == b"<a>&#13;\n</a>"


@pytest.fixture(scope="module")
def isolated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IsolatedEngine]:
    """Things of which the last has a control character; their table is longer than what is gathered before sending."""
    data: Path = tmp_path_factory.mktemp("data") / "data.nt"
    lines = [f'<u:{n}> <u:p> "{"x" * 200}" .\n' for n in range(2_000)]
    data.write_text("".join([*lines, '<u:last> <u:q> "\\u0001" .\n']), encoding="utf-8")
    engine = IsolatedEngine([data], name="test", union=False, limits=Limits(timeout_s=20, workers=1))
    yield engine
    engine.close()


def test_a_worker_says_the_same(isolated: IsolatedEngine) -> None:
    client = create_app(source=FixedEngine(isolated, is_fixed=True), with_catalogue=False).test_client()
    query = "SELECT ?o { ?s <u:q> ?o }"
    refused = client.get("/sparql", query_string={"query": query, "format": "xml"})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (406, "not-acceptable")
    assert client.get("/sparql", query_string={"query": query, "format": "json"}).status_code == 200
    graph = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
    assert client.get("/sparql", query_string={"query": graph, "format": "rdf"}).status_code == 406


def test_a_stream_that_has_begun_breaks_off(isolated: IsolatedEngine) -> None:
    answer = isolated.query("SELECT ?o { ?s ?p ?o } ORDER BY DESC(?o)", fmt="xml")
    assert answer.length is None
    with pytest.raises(FormatUnfit):
        answer.read()
    assert isolated.query("ASK {}", fmt="csv").read() == b"true"


def test_documents_of_the_site_go_the_same_way() -> None:
    quads = [ox.Quad(ox.NamedNode("u:s"), ox.NamedNode("u:p"), ox.Literal(text)) for text in ("a\r\nb", "a\x02b")]
    graph = Graph().parse(data=serialise(quads[:1], _format("rdf")), format="xml")
    assert [str(o) for o in graph.objects()] == ["a\r\nb"]
    with pytest.raises(FormatUnfit, match=r"U\+0002"):
        serialise(quads, _format("rdf"))
    assert b"\\u0002" in serialise(quads, _format("nt"))
