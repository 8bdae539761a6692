"""Formats by name and by Accept header."""

from __future__ import annotations

import pytest

from ecp_graph.errors import ParameterError
from ecp_graph.sparql.formats import FORMATS, Kind, format_named, formats_of, negotiate


def test_every_format_is_found_by_its_own_name_and_media_type() -> None:
    assert len(FORMATS) == 10
    for fmt in FORMATS:
        assert format_named(fmt.name, fmt.kind) is fmt
        assert negotiate(fmt.media_type, fmt.kind) is fmt


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
    with pytest.raises(ParameterError, match=r"'ttl' does not fit.*json, xml, csv, tsv"):
        format_named("ttl", "table")
    with pytest.raises(ParameterError, match=r"'csv' does not fit.*ttl, nt"):
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
