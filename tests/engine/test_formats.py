"""Formats by name and by Accept header."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from ecp_graph.errors import ParameterError
from ecp_graph.sparql.formats import FORMATS, TURTLE, Format, Kind, best_form, format_named, formats_of, negotiate


def test_every_format_is_found_by_its_own_name_and_media_type() -> None:
    assert len(FORMATS) == 10
    for fmt in FORMATS:
        assert format_named(fmt.name, fmt.kind) is fmt
        assert negotiate(fmt.media_type, fmt.kind) is fmt


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_a_format_is_what_oxigraph_calls_it(fmt: Format) -> None:
    assert fmt.writer.media_type.partition(";")[0] == fmt.media_type
    assert isinstance(fmt.writer, ox.RdfFormat) == (fmt.kind == "graph")
    # its IRI of JSON-LD is another one than W3C's registry has
    assert fmt.iri == fmt.writer.iri or fmt.name == "jsonld"
    if fmt.named_graphs != "no":
        assert fmt.writer.supports_datasets


def test_the_names_of_formats_name_one_each() -> None:
    assert len({fmt.iri for fmt in FORMATS}) == len({fmt.extension for fmt in FORMATS}) == len(FORMATS)
    for kind in ("table", "graph"):
        names = [name for fmt in formats_of(kind) for name in (fmt.name, *fmt.other_names)]
        media_types = [one for fmt in formats_of(kind) for one in (fmt.media_type, *fmt.also)]
        assert len(names) == len(set(names))
        assert len(media_types) == len(set(media_types))


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("json", "graph", "jsonld"),
        ("xml", "graph", "rdf"),
        ("turtle", "graph", "ttl"),
        ("JSON", "table", "json"),
        (".csv", "table", "csv"),
    ],
)
def test_loose_names(name: str, kind: Kind, expected: str) -> None:
    assert format_named(name, kind).name == expected


def test_a_format_of_the_other_kind_is_refused_with_those_that_fit() -> None:
    with pytest.raises(ParameterError, match=r"'ttl' is not valid.*json, xml, csv, tsv"):
        format_named("ttl", "table")
    with pytest.raises(ParameterError, match=r"'csv' is not valid.*ttl, nt"):
        format_named("csv", "graph")
    with pytest.raises(ParameterError, match="no format 'docx'"):
        format_named("docx", "table")


@pytest.mark.parametrize(
    ("accept", "kind", "expected"),
    [
        ("", "table", "json"),
        ("", "graph", "ttl"),
        ("*/*", "table", "json"),
        ("*/*", "graph", "ttl"),
        ("application/json", "table", "json"),
        ("application/json", "graph", "jsonld"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "table", "xml"),
        ("text/csv, */*;q=0.1", "table", "csv"),
        ("application/sparql-results+json;q=0, */*;q=0.5", "table", "xml"),
        ("application/rdf+xml;q=0.8, text/turtle;q=0.7", "graph", "rdf"),
        ("text/*", "graph", "ttl"),
        ("application/n-quads", "graph", "nq"),
    ],
)
def test_negotiation(accept: str, kind: Kind, expected: str) -> None:
    chosen = negotiate(accept, kind)
    assert chosen in formats_of(kind)
    assert getattr(chosen, "name", None) == expected


def test_nothing_acceptable_is_none() -> None:
    assert negotiate("image/png", "table") is None
    assert negotiate("text/turtle", "table") is None


def test_a_page_wins_for_a_browser_and_loses_for_a_program() -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert negotiate(browser, "table", also=["text/html"]) == "text/html"
    assert negotiate("*/*", "table", also=["text/html"]) == format_named("json", "table")
    assert negotiate("text/html;q=0.1, text/csv", "table", also=["text/html"]) == format_named("csv", "table")


@pytest.mark.parametrize(
    ("accept", "page_first", "page_last"),
    [
        ("", "text/html", TURTLE),
        ("*/*", "text/html", TURTLE),
        ("text/*", "text/html", TURTLE),
        ("text/html, text/turtle", "text/html", TURTLE),
        ("text/html;q=0.9, text/turtle", TURTLE, TURTLE),
        ("text/turtle;q=0, text/html", "text/html", "text/html"),
        ("image/png", None, None),
    ],
)
def test_of_equals_the_default_comes_first(accept: str, page_first: object, page_last: object) -> None:
    graphs = formats_of("graph")
    assert best_form(accept, graphs, also=["text/html"], default="text/html") == page_first
    assert best_form(accept, graphs, also=["text/html"]) == page_last
