"""RDF as text: the prefixes in use and no others, in the order of their names, whatever the format."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from ecp_graph.errors import FormatUnfit
from ecp_graph.rdf.writing import write_rdf
from ecp_graph.sparql.formats import TURTLE, Format, format_named, formats_of

PREFIXES = {
    "z": "http://a.example/",
    "long": "http://a.example/things/",
    "a": "http://z.example/",
    "no": "http://no.example/",
}
GRAPHS = pytest.mark.parametrize("fmt", formats_of("graph"), ids=lambda fmt: fmt.name)


def statement(subject: str, value: str = "text", graph: str = "") -> ox.Quad:
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode("http://z.example/p"), ox.Literal(value), name)


def declared(text: bytes) -> list[str]:
    return [line.split()[1] for line in text.decode().splitlines() if line.startswith("@prefix")]


@GRAPHS
def test_every_format_says_the_same(fmt: Format) -> None:
    statements = [statement(f"http://a.example/things/{number}", str(number)) for number in range(3)]
    text = write_rdf(iter(statements), fmt, prefixes=PREFIXES)
    assert set(ox.parse(text, format=fmt.writer)) == set(statements)
    assert text == write_rdf(statements, fmt, prefixes=PREFIXES)


@GRAPHS
def test_nothing_can_be_written(fmt: Format) -> None:
    assert list(ox.parse(write_rdf([], fmt), format=fmt.writer)) == []


def test_prefixes_come_in_the_order_of_their_names_and_before_a_blank_line() -> None:
    text = write_rdf([statement("http://a.example/x")], TURTLE, prefixes=PREFIXES)
    assert declared(text) == ["a:", "z:"]
    assert text.endswith(b' .\n\nz:x a:p "text" .\n')


def test_a_longer_namespace_is_in_use_in_place_of_the_shorter_one() -> None:
    things = [statement("http://a.example/things/x")]
    assert declared(write_rdf(things, TURTLE, prefixes=PREFIXES)) == ["a:", "long:"]
    assert declared(write_rdf([*things, statement("http://a.example/x")], TURTLE, prefixes=PREFIXES)) == [
        "a:",
        "long:",
        "z:",
    ]


def test_a_namespace_in_a_literal_is_no_use_of_it() -> None:
    text = write_rdf([statement("http://a.example/x", "no: http://no.example/x")], TURTLE, prefixes=PREFIXES)
    assert "no:" not in declared(text)


def test_without_prefixes_in_use_there_is_no_head() -> None:
    assert write_rdf([statement("u:x")], TURTLE, prefixes={}) == b'<u:x> <http://z.example/p> "text" .\n'


def test_graphs_have_prefixes_too() -> None:
    trig = format_named("trig", "graph")
    text = write_rdf([statement("u:x", graph="http://a.example/g")], trig, prefixes=PREFIXES)
    assert declared(text) == ["a:", "z:"]
    assert b"\nz:g {" in text


def test_the_callers_text_settles_the_prefixes() -> None:
    plain = b"<http://no.example/x> <u:p> <u:o> .\n"
    assert declared(write_rdf([statement("u:x")], TURTLE, prefixes=PREFIXES, plain=plain)) == ["no:"]


def test_rdf_xml_that_could_not_be_read_is_refused() -> None:
    with pytest.raises(FormatUnfit, match=r"U\+0001"):
        write_rdf([statement("http://a.example/x", "\x01")], format_named("rdf", "graph"))
