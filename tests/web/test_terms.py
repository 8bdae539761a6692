"""Tables on pages: which column is the link of which, how columns are headed, and what stands in a cell."""

from __future__ import annotations

from pathlib import Path

from flask.testing import FlaskClient

from ecp_graph.settings import Settings
from ecp_graph.sparql.columns import shown_columns
from ecp_graph.sparql.results import Table, Term
from ecp_graph.web.app import create_app
from ecp_graph.web.show.terms import shown_rows
from tests.bundled import ID

XSD = "http://www.w3.org/2001/XMLSchema#"


def iri(name: str) -> Term:
    return Term("iri", ID + name)


def text(value: str, datatype: str = "") -> Term:
    return Term("literal", value, XSD + datatype if datatype else "")


def columns(table: Table) -> list[tuple[str, str | None]]:
    """The columns that are shown, each with the column that it links to."""
    linked = ((column.name, column.link_at) for column in shown_columns(table))
    return [(name, None if at is None else table.columns[at]) for name, at in linked]


def test_a_name_is_headed_by_what_it_names_and_links_there() -> None:
    table = Table(("thingName", "grade", "thing"), ((text("Transit"), text("A"), iri("topic/transit")),))
    assert columns(table) == [("thing", "thing"), ("grade", None)]


def test_columns_of_one_letter_go_together() -> None:
    row = (text("PTC"), text("IMSC"), text("3", "integer"), iri("body/ptc"), iri("body/imsc"))
    table = Table(("bodyA", "bodyB", "gradeA", "memberA", "memberB"), (row,))
    assert columns(table) == [("bodyA", "memberA"), ("bodyB", "memberB"), ("gradeA", None)]


def test_columns_that_could_go_with_two_go_with_none() -> None:
    row = (text("PTC"), text("Permanent"), iri("body/ptc"), iri("body/imsc"))
    table = Table(("codeA", "labelA", "memberA", "other"), (row,))
    assert columns(table) == [("codeA", None), ("labelA", None), ("memberA", None), ("other", None)]
    same = Table(("title", "kinds", "things"), ((text("a"), text("b"), iri("body/ptc")),))
    assert columns(same) == [("title", "things"), ("kinds", None)]


def test_a_long_iri_gets_its_name_or_is_cut(releases: Path) -> None:
    app = create_app(Settings(releases=releases))
    long, named = "overlap/body-imsc--body-ptc--action-ecp3-16", "overlap/body-ptc--body-safewg--topic-private-sector"
    table = Table(("a", "b"), ((iri(long), iri("body/ptc")), (Term("iri", "urn:x:" + "y" * 40), iri(named))))
    with app.test_request_context("/"):
        whole = shown_rows(table, shown_columns(table), 9)
        short = shown_rows(table, shown_columns(table), 9, iris="short")
    assert whole[0][0].text == "overlap:body-imsc--body-ptc--action-ecp3-16"
    assert (short[0][0].text, short[0][0].whole) == ("overlap:body-imsc--body…", whole[0][0].text)
    assert short[0][0].target == f"/doc/{long}"
    assert (short[0][1].text, short[0][1].whole) == ("body:ptc", "")
    assert (short[1][1].text, short[1][1].whole) == ("PTC and SAFEWG on private sector", f"overlap:{named[8:]}")
    assert short[1][0].text == "urn:x:" + "y" * 40  # it leads nowhere, so nothing may be lost


def test_a_bound_of_a_day_is_shown_as_the_day(client: FlaskClient) -> None:
    times = " ".join(
        f'"{time}"^^xsd:dateTime' for time in ("2017-07-31T23:59:59", "2017-01-01T00:00:00Z", "2017-01-01T10:30:00")
    )
    query = f"SELECT ?time {{ VALUES ?time {{ {times} }} }}"
    page = client.get("/sparql", query_string={"query": query, "format": "html"}).get_data(as_text=True)
    assert page.count('<td class="date">') == 3
    for shown in ("2017-07-31", "2017-01-01", "2017-01-01 10:30:00"):
        assert f'<td class="date">{shown}</td>' in "".join(line.strip() for line in page.splitlines())
