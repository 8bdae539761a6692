"""Tables on a terminal: what they show at which width, and that nothing goes without a word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ecp_graph.cli.tables import Printed, matrix_text, printed
from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import Query, load_catalogue, parse_query
from ecp_graph.sparql.results import Table, Term
from ecp_graph.workspace import bundled_workspace

_XSD = "http://www.w3.org/2001/XMLSchema#"
_TITLE = "Develop new Transit Guidelines and organize a Global Conference on Transit"
_HEADER = """\
#+ summary: What is due?
#+ columns:
#+   - {name: number, meaning: its number}
#+   - {name: title, meaning: its title}
#+   - {name: dueUntil, heading: due, meaning: the last second}
#+   - {name: kind, detail: true, meaning: the kind of its time}
#+   - {name: bodies, meaning: who}
#+   - {name: planName, meaning: its plan}
#+   - {name: action, meaning: its IRI}
#+   - {name: plan, meaning: the IRI of its plan}
SELECT ?number ?title ?dueUntil ?kind ?bodies ?planName ?action ?plan { }
"""


def _text(value: str, datatype: str = "") -> Term:
    return Term("literal", value, _XSD + datatype if datatype else "")


def _row(number: str, until: str, kind: str, bodies: str) -> tuple[Term, ...]:
    moment = _text(until, "dateTime")
    things = Term("iri", f"https://w3id.org/ecp-graph/id/action/ecp3-{number}"), Term("iri", "urn:plan")
    texts = (_text(number), _text(_TITLE), moment, _text(kind), _text(bodies), _text("Phase III"))
    return (*texts, *things)


@pytest.fixture
def query() -> Query:
    return parse_query(_HEADER, Path("queries/actions/due.rq"), Path("queries"))


@pytest.fixture
def table(query: Query) -> Table:
    rows = (
        _row("3", "2017-07-31T23:59:59", "deadline", "PTC, SEC, and the other bodies"),
        _row("4", "2018-07-14T23:59:59", "window", "SAFEWG"),
    )
    return Table(tuple(column.name for column in query.columns), rows)


def _heads(shown: Printed) -> list[str]:
    return shown.text.splitlines()[0].split()


def test_headings_are_words_and_moments_are_dates(table: Table, query: Query) -> None:
    shown = printed(table, 1000, query=query)
    assert _heads(shown) == ["number", "title", "due", "kind", "bodies", "plan", "action", "plan"]
    assert "July 2017" in shown.text
    assert "2018-07-14 " in shown.text
    assert "23:59" not in shown.text
    assert shown.notes == ()


def test_the_address_and_the_repeated_go_first_then_details_then_the_last(table: Table, query: Query) -> None:
    wide = printed(table, 125, query=query)
    assert wide.columns == ("number", "title", "dueUntil", "kind", "bodies", "planName")
    assert wide.notes == ("Left out to fit the terminal: action, plan. `--format csv` has every column.",)
    narrower = printed(table, 100, query=query)
    assert narrower.columns == ("number", "title", "dueUntil", "kind", "bodies")
    assert narrower.notes[0] == "The same in every row: plan: Phase III."
    narrow = printed(table, 66, query=query)
    assert narrow.columns == ("number", "title", "dueUntil", "bodies")
    assert "kind, action, plan" in narrow.notes[1]
    least = printed(table, 40, query=query)
    assert least.columns == ("number", "title")


@pytest.mark.parametrize("width", [30, 40, 66, 80, 100, 125])
def test_it_fits_and_no_word_is_lost(table: Table, query: Query, width: int) -> None:
    shown = printed(table, width, query=query)
    assert max(map(len, shown.text.splitlines())) <= width
    for word in _TITLE.split():
        assert word in shown.text
    hidden = [column for column in query.columns if column.name not in shown.columns]
    told = " ".join(shown.notes)
    assert hidden
    assert all(column.heading.removesuffix(" name") in told for column in hidden)


def test_the_title_gets_the_width(table: Table, query: Query) -> None:
    header, _, first, *_ = printed(table, 100, query=query).text.splitlines()
    assert header.index("due") - header.index("title") > 40
    assert "Develop new Transit Guidelines and" in first


def test_a_table_of_addresses_alone_keeps_them() -> None:
    iris = tuple(Term("iri", f"urn:{name * 20}") for name in "ab")
    assert printed(Table(("a", "b"), (iris,)), 60).columns == ("a", "b")


def _matrix(rows: int, columns: int) -> Table:
    heads = ("body \\ instrument", *(f"the instrument number {n}" for n in range(columns)))
    cells = (tuple(_text(f"{row}x{n}") for n in range(columns)) for row in range(rows))
    return Table(heads, tuple((_text(f"B{row}"), *of_row) for row, of_row in enumerate(cells)))


def test_a_wide_matrix_is_turned() -> None:
    text = matrix_text(_matrix(3, 30), 80)
    assert text.startswith("instrument \\ body")
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("width", [60, 100])
def test_a_large_matrix_comes_in_parts_that_have_every_cell(width: int) -> None:
    text = matrix_text(_matrix(30, 30), width)
    assert max(map(len, text.splitlines())) <= width
    assert text.count(" \\ ") > 1
    cells = {word for word in text.split() if "x" in word}
    assert cells >= {f"{row}x{column}" for row in range(30) for column in range(30)}


@pytest.mark.parametrize("width", [80, 100])
def test_every_question_of_the_catalogue_fits(engine: Engine, width: int) -> None:
    looked_at = 0
    for query in load_catalogue(bundled_workspace()).values():
        if query.kind != "table" or any(parameter.required for parameter in query.parameters):
            continue
        table = ask_table(engine, bind(query, {}, engine))
        shown = printed(replace(table, rows=table.rows[:60]), width, query=query)
        assert max(map(len, shown.text.splitlines())) <= width, query.name
        lost = {column.name for column in query.columns} - set(shown.columns)
        assert bool(lost) == bool(shown.notes), query.name
        looked_at += 1
    assert looked_at > 80
