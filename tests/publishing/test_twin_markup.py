"""A page of the twin: links lead to files, what needs a server is gone, and nothing else changes."""

from __future__ import annotations

from ecp_graph.twin.markup import Markup, page_of_twin, svg_of_twin

MARKUP = Markup(runs=lambda address: address.startswith("/sparql?"), left_out=lambda address: address == "/health")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>T</title><link rel="stylesheet" href="/static/style.css"></head>
<body><form class="live" action="/actions"><input name="q"></form>
<form class="live" data-twin action="/sparql"><textarea name="query"></textarea></form>
<p id="a"><a href="/doc/body/ptc">PTC</a> <a href="/doc/body/ptc#overlaps">o</a> <a href="#a">a</a>
<a href="/sparql?query=ASK%7B%7D">ask</a> <a href="/api/x.csv?on=topic">csv</a> <a href="/health">health</a>
<a href="https://example.org/x?y=1">out</a> <a href="../queries">up</a></p>
<p>x <span aria-hidden="true">·</span> <a href="#b">b</a> <span aria-hidden="true">·</span> <a href="/health">h</a></p>
<p><span aria-hidden="true">×</span> <a href="/health">h</a></p>
<svg viewBox="0 0 1 1"><a href="/doc/body/imsc"><text>&lt;b&gt;</text></a></svg></body></html>"""


def made() -> tuple[str, list[str]]:
    body, found = page_of_twin(PAGE.encode(), "/doc/action/ecp3-3", "doc/action/ecp3-3.html", MARKUP, "dumps/d.nq.gz")
    return body.decode(), found


def test_links_lead_to_files() -> None:
    text, found = made()
    assert '<a href="../body/ptc.html">PTC</a>' in text
    assert 'href="../body/ptc.html#overlaps"' in text
    assert 'href="#a"' in text
    assert 'href="https://example.org/x?y=1"' in text
    assert 'href="../../queries.html"' not in text
    assert 'href="../queries.html"' in text
    assert 'href="../../static/style.css"' in text
    assert "/doc/body/imsc" in found
    assert "https://example.org/x?y=1" not in found


def test_what_the_browser_runs_keeps_its_query_string_and_a_file_does_not() -> None:
    text, found = made()
    assert 'href="../../sparql.html?query=ASK%7B%7D"' in text
    assert "/sparql" in found
    assert 'href="../../api/x--on-topic~' in text
    assert "/api/x.csv?on=topic" in found


def test_what_needs_a_server_is_gone() -> None:
    text, _ = made()
    assert "health" not in text
    assert '<input name="q">' not in text
    assert "<textarea" in text


def test_a_separator_goes_with_the_link_behind_it() -> None:
    text, _ = made()
    assert '<p>x <span aria-hidden="true">·</span> <a href="#b">b</a>  </p>' in text
    assert '<p><span aria-hidden="true">×</span> </p>' in text


def test_the_page_says_its_policy_and_its_dataset() -> None:
    text, _ = made()
    assert text.index("charset") < text.index("Content-Security-Policy") < text.index("<title>")
    assert '<meta name="ecp-graph-dataset" content="../../dumps/d.nq.gz">' in text
    assert "unsafe-inline" not in text


def test_drawings_survive() -> None:
    text, _ = made()
    assert '<svg viewBox="0 0 1 1"><a href="../body/imsc.html"><text>&lt;b&gt;</text></a></svg>' in text
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><a href="/doc/body/ptc"><text>x</text></a></svg>'
    assert b'<a href="doc/body/ptc.html">' in svg_of_twin(svg, "/timeline.svg", "timeline.svg", MARKUP)
