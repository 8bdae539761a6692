"""The lists of a release say what the queries of the catalogue say."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_stream, ask_table
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import Catalogue, load_catalogue
from ecp_graph.queries.names import QUERY, gather
from ecp_graph.release.release import Release
from ecp_graph.sparql.results import Table
from ecp_graph.tables.lists.reading import Lists
from ecp_graph.tables.lists.sql import hash_of, narrowed, twins
from ecp_graph.tables.lists.writing import write_lists
from ecp_graph.workspace import bundled_workspace
from tests.bundled import ID

PLAN = f"{ID}plan/ecp-action-plan-3"
PTC, TFAWG, SEC = (f"{ID}body/{name}" for name in ("ptc", "tfawg", "sec"))
TOPIC, TOOL, ACTION = f"{ID}topic/e-commerce", f"{ID}instrument/transit-guidelines", f"{ID}action/ecp3-9"
#: What each twin is asked with; every parameter of its query is among it.
ASKED: dict[str, list[dict[str, str]]] = {
    "overlap-actions": [
        {},
        {"grade": "C"},
        {"on": "topic", "kind": "parallel"},
        {"action": f"{ID}action/ecp3-7", "plan": PLAN},
    ],
    "overlap-actions-between": [{"first": f"{ID}plan/ecp-action-plan-3", "second": f"{ID}plan/ptc-work-programme"}],
    "overlap-between": [{}, {"member": PTC, "other": TFAWG}, {"member": PTC}, {"other": SEC}],
    "overlap-bodies": [
        {},
        {"grade": "C"},
        {"on": "instrument"},
        {"body": PTC, "kind": "joint", "secretariat": "with"},
        {"plan": PLAN},
    ],
    "overlap-body-pairs": [{}, {"secretariat": "with"}],
    "overlap-cells": [{}, {"dimension": "body"}],
    "overlap-evidence": [
        {},
        {"certainty": "interpreted"},
        {"overlap": f"{ID}overlap/body-ptc--body-tfawg--action-ecp3-3"},
    ],
    "overlap-in-plan": [
        {"plan": PLAN},
        {"plan": PLAN, "secretariat": "with"},
        {"plan": f"{ID}plan/ptc-work-programme"},
    ],
    "overlap-members": [{}, {"dimension": "body", "secretariat": "with"}],
    "overlap-on-instruments": [
        {},
        {"instrument": TOOL, "secretariat": "with"},
        {"body": PTC, "kind": "joint", "grade": "B"},
    ],
    "overlap-on-thing": [
        {},
        {"thing": TOPIC},
        {"thing": TOOL, "dimension": "body", "secretariat": "with", "plan": PLAN},
    ],
    "overlap-partners": [{"thing": PTC}, {"thing": f"{ID}action/ecp3-7"}, {"thing": PTC, "grade": "B"}],
    "overlap-passages": [{}, {"member": PTC, "other": TFAWG, "secretariat": "with"}, {"thing": TOPIC, "plan": PLAN}],
    "overlap-plans": [{}],
    "overlap-programme-pairs": [{}],
    "overlap-programmes": [
        {},
        {"grade": "B"},
        {"on": "topic", "kind": "related"},
        {"programme": f"{ID}plan/ptc-work-programme", "plan": PLAN},
    ],
    "overlap-relations": [{}, {"member": PTC}, {"member": PTC, "other": TFAWG}],
    "overlap-rows": [{}, {"member": PTC, "other": TFAWG, "secretariat": "with"}, {"thing": TOOL, "plan": PLAN}],
    "overlap-things": [{}, {"on": "topic", "secretariat": "with"}, {"plan": PLAN}],
    "overlaps-of-thing": [{"thing": PTC}, {"thing": TOPIC}, {"thing": ACTION, "grade": "B"}, {"thing": TOOL}],
}
#: The bundled plan is the only one that has actions; see tests/overlap/across/test_queries.py.
WITHOUT_ROWS = {"overlap-actions-between", "overlap-plans"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(bundled_workspace())


@pytest.fixture(scope="module")
def lists(release: Release) -> Lists:
    return Lists(release.lists)


def asked(engine: Engine, catalogue: Catalogue, name: str, given: dict[str, str]) -> Table:
    return ask_table(engine, bind(catalogue[name], given, engine))


@pytest.mark.parametrize("name", sorted(twins()))
def test_a_twin_gives_the_rows_of_its_query(name: str, lists: Lists, catalogue: Catalogue, engine: Engine) -> None:
    """A changed query fails here first: look at its twin, then write the new hash into it."""
    query = catalogue[name]
    assert twins()[name].of == hash_of(query), f"twins/{name}.sql is the twin of another text of the query"
    assert {parameter.name for parameter in query.parameters} == {part for given in ASKED[name] for part in given}
    rows = 0
    for given in ASKED[name]:
        found = lists.answer(query, given)
        assert found == asked(engine, catalogue, name, given), given
        rows += found.total
        page = lists.answer(query, given, most=2, skip=1)
        assert page is not None
        assert (page.rows, page.total) == (found.rows[1:3], found.total)
    assert (rows > 1) != (name in WITHOUT_ROWS)


def test_held_answers_are_those_of_their_queries(lists: Lists, catalogue: Catalogue, engine: Engine) -> None:
    held = [(query, given) for query in catalogue.values() for given in query.stored]
    assert len(held) > 10
    for query, given in held:
        found = lists.answer(query, given)
        assert found == asked(engine, catalogue, query.name, dict(given)), query.name
        first = lists.answer(query, given, most=1)
        assert first is not None
        assert (len(first.rows), first.total) == (min(1, found.total), found.total), query.name
        assert query.parameters or list(lists.texts(query, found.columns) or ()) == [
            tuple(cell.value if cell else "" for cell in row) for row in found.rows
        ]


def test_another_text_of_a_query_is_asked_and_not_looked_up(lists: Lists, catalogue: Catalogue) -> None:
    for name in ("overlap-bodies", "bodies"):
        query = catalogue[name]
        other = replace(query, text=f"{query.text}\n# another")
        assert lists.answer(query, {}) is not None
        assert lists.answer(other, {}) is None
    assert lists.answer(catalogue["stated-where"], {}) is None


def test_names_are_those_of_the_query(lists: Lists, catalogue: Catalogue, engine: Engine) -> None:
    known = gather(ask_stream(engine, bind(catalogue[QUERY], {}, engine)))
    assert {each.iri: each for each in lists.entries()} == known
    assert lists.labels([PTC, "urn:none"]) == {PTC: "Permanent Technical Committee"}
    assert lists.named(PTC) == known[PTC]
    assert lists.named("urn:none") is None
    assert PTC in {each.iri for each, _ in lists.of_code("ptc")}
    assert "committee" in lists.words()


def test_findings_are_counted_as_nodes_and_as_rows(lists: Lists, release: Release, tmp_path: Path) -> None:
    nodes, rows = lists.findings()
    assert (nodes > 40, rows) == (True, 0)
    copy = tmp_path / "lists.sqlite"
    copy.write_bytes(release.lists.read_bytes())
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE finding SET is_node = 0 WHERE grade = 'D'")
    fewer, more = Lists(copy).findings()
    assert more > 0
    assert fewer + more == nodes


def test_equal_data_give_equal_bytes_and_no_tables_no_findings(
    release: Release, engine: Engine, catalogue: Catalogue, tmp_path: Path
) -> None:
    write_lists(tmp_path / "again.sqlite", engine, catalogue, release.tables)
    assert (tmp_path / "again.sqlite").read_bytes() == release.lists.read_bytes()
    write_lists(tmp_path / "less.sqlite", engine, catalogue, tmp_path / "none")
    less = Lists(tmp_path / "less.sqlite")
    assert (less.has_findings, less.has_names) == (False, True)
    assert less.answer(catalogue["overlap-bodies"], {}) is None
    assert less.answer(catalogue["bodies"], {}) is not None


@pytest.fixture(scope="module")
def large(release: Release, tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    """The lists of the release with 20,000 more findings, each on two things that nothing asks for."""
    path = tmp_path_factory.mktemp("large") / "lists.sqlite"
    path.write_bytes(release.lists.read_bytes())
    connection = sqlite3.connect(path)
    connection.executescript("""
CREATE TEMP TABLE number AS WITH RECURSIVE count(i) AS (SELECT 1000000 UNION ALL SELECT i + 1 FROM count LIMIT 20000)
  SELECT i FROM count;
INSERT INTO term (id, iri, name, is_everywhere) SELECT i, 'urn:' || i, 'more', 0 FROM number;
INSERT INTO action (id, number, position) SELECT i, '1', 1 FROM number;
INSERT INTO reading SELECT i, 'more', 'verbatim' FROM number;
INSERT INTO finding (id, iri, dimension, member_a, member_b, cause, kind, grade)
  SELECT i, 'urn:' || i, iif(i % 2, 'body', 'action'), i, i, i, 'joint', 'A' FROM number;
INSERT INTO finding_thing SELECT i, i, 'topic' FROM number;
INSERT INTO finding_action SELECT i, i FROM number;
INSERT INTO finding_reading SELECT i, i FROM number;
ANALYZE;
""")
    return connection


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("overlap-actions", {"action": f"{ID}action/ecp3-7"}),
        ("overlap-between", {"member": PTC, "other": TFAWG}),
        ("overlap-bodies", {"body": PTC}),
        ("overlap-on-thing", {"thing": TOOL}),
        ("overlap-passages", {"member": PTC, "other": TFAWG}),
        ("overlap-rows", {"thing": TOOL}),
    ],
)
def test_few_findings_are_read_for_what_is_asked_of_a_thing(
    name: str, given: dict[str, str], large: sqlite3.Connection
) -> None:
    rows = twins()[name].rows
    usual = dict.fromkeys(re.findall(r":(\w+)", rows)) | {"grade": "D", "secretariat": "with"}
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    large.set_progress_handler(count, 100)
    assert large.execute(narrowed(rows, usual | given), usual | given).fetchall()
    assert 0 < steps < 200
    steps = 0
    assert len(large.execute(narrowed(rows, usual), usual).fetchall()) > 9_000
    assert steps > 1_000


def test_a_condition_stays_where_its_value_is_given() -> None:
    sql = "WHERE (:kind IS NULL OR kind = :kind) AND (:on IS NULL OR id IN (SELECT id FROM thing WHERE kind = :on))"
    assert narrowed(sql, {"kind": "joint", "on": None}) == "WHERE (kind = :kind) AND TRUE"
    assert narrowed(sql, {"on": "topic"}) == "WHERE TRUE AND (id IN (SELECT id FROM thing WHERE kind = :on))"
