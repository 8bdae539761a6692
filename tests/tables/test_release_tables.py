"""The tidy tables of the bundled plan, against its statements, and where a release has them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pyoxigraph as ox
import pytest

from ecp_graph.overlap.derive import merged_store
from ecp_graph.release.release import Release, verify_release
from ecp_graph.settings import Settings
from ecp_graph.tables.definitions import METADATA, Definition, read_definitions
from ecp_graph.tables.tidy import write_tables
from ecp_graph.web.app import create_app
from ecp_graph.workspace import bundled_workspace
from tests.bundled import BASE, ID, PREFIXES

ECP = PREFIXES["ecp"]
TYPE = PREFIXES["rdf"] + "type"
DUCKDB_TYPES = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
DEFINITIONS = read_definitions(bundled_workspace())
#: Tables of which the plan says nothing.
#: The one plan has none of these, and there is no other to compare its actions with.
EMPTY = {"budgets", "decisions", "finding_parts", "finding_reasons", "indicators", "measurements", "results"}


@cache
def quads(dataset: Path) -> list[ox.Quad]:
    return list(ox.parse(path=str(dataset), format=ox.RdfFormat.N_QUADS))


def pairs(release: Release, predicate: str) -> set[tuple[str, str]]:
    """The subjects and objects of a property, each pair once."""
    return {(q.subject.value, q.object.value) for q in quads(release.dataset) if q.predicate.value == predicate}


def of_class(release: Release, name: str) -> set[str]:
    return {one for one, kind in pairs(release, TYPE) if kind == ECP + name}


def rows(release: Release, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    return duckdb.execute(f"SELECT {columns} FROM '{release.tables / table}.parquet'").fetchall()


def test_there_is_a_table_for_each_definition_and_the_release_knows_them(release: Release) -> None:
    assert len(DEFINITIONS) == 33
    files = {path.name for path in release.tables.iterdir()}
    assert files == {f"{each.name}.parquet" for each in DEFINITIONS} | {METADATA}
    assert {f"tables/{name}" for name in files} <= set(release.manifest["files"])
    assert verify_release(release) == []


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda each: each.name)
def test_columns_keys_and_references_of(definition: Definition, release: Release) -> None:
    table = f"'{release.tables / definition.name}.parquet'"
    described = duckdb.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [
        (each.name, DUCKDB_TYPES.get(each.type, "VARCHAR")) for each in definition.columns
    ]
    found = rows(release, definition.name)
    assert (found == []) == (definition.name in EMPTY)
    keys = rows(release, definition.name, ", ".join(f'"{name}"' for name in definition.key))
    assert len(set(keys)) == len(keys)
    for column in definition.columns:
        values = {value for (value,) in rows(release, definition.name, f'"{column.name}"')} - {None}
        if column.to:
            (key,) = next(each.key for each in DEFINITIONS if each.name == column.to)
            assert values <= {value for (value,) in rows(release, column.to, key)}, column.name
        if column.type == "iri":
            assert [value for value in values if ":" not in value] == []
        if column.naming == "name_of" and definition.name not in {"evidence", "kinds"}:
            lacking = rows(
                release, definition.name, f"count(*) FILTER ({column.of} IS NOT NULL AND {column.name} IS NULL)"
            )
            assert lacking == [(0,)], column.name


def test_actions_are_the_rows_of_the_plan(release: Release) -> None:
    found = rows(release, "actions", "iri, number, position, responsible_text, timeframe_text, title_language")
    assert len(found) == 28
    assert [position for _, _, position, *_ in found] == list(range(1, 29))
    assert {(iri, number) for iri, number, *_ in found} == {
        pair for pair in pairs(release, ECP + "numberText") if pair[0].startswith(f"{ID}action/")
    }
    assert {(iri, text) for iri, _, _, text, *_ in found} == pairs(release, ECP + "responsibleText")
    assert sum(text is not None for *_, text, _ in found) == 27
    assert {language for *_, language in found} == {"en"}
    third = rows(release, "actions", "iri, timeframe_kind, until_date, plan_name, programme_text")[2]
    assert third == (
        f"{ID}action/ecp3-3",
        "deadline",
        date(2017, 7, 31),
        "ECP Action Plan for Phase III",
        "PTC Work Programme, TFA WG Work Programme",
    )


@pytest.mark.parametrize(
    ("table", "class_"),
    [
        ("plans", "Plan"),
        ("chapters", "Chapter"),
        ("bodies", "Party"),
        ("instruments", "Instrument"),
        ("editions", "Edition"),
        ("events", "Event"),
        ("goals", "Goal"),
        ("topics", "Topic"),
        ("findings", "Overlap"),
        ("passages", "SourcePassage"),
        ("readings", "Reading"),
    ],
)
def test_a_thing_has_one_row(release: Release, table: str, class_: str) -> None:
    found = [iri for (iri,) in rows(release, table, "iri")]
    assert Counter(found) == Counter(of_class(release, class_))
    assert found


@pytest.mark.parametrize(
    ("table", "columns", "properties"),
    [
        ("finding_things", "finding, thing", ["overlapOn"]),
        ("finding_actions", "finding, action", ["overlapAction"]),
        ("action_programmes", "action, programme", ["underProgramme"]),
        ("kinds", "thing, kind", ["activityKind", "bodyKind", "eventKind", "instrumentKind"]),
        ("body_relations", "body, other", ["reportsTo", "bodyOf", "establishedBy"]),
    ],
)
def test_a_link_has_one_row(release: Release, table: str, columns: str, properties: list[str]) -> None:
    expected = [pair for name in properties for pair in pairs(release, ECP + name)]
    assert Counter(rows(release, table, columns)) == Counter(expected)
    assert len(expected) > 10


def test_findings_tell_their_marks_and_members(release: Release) -> None:
    members = pairs(release, ECP + "overlapMember")
    found = rows(release, "findings", "iri, member_a, member_b, cause, grade, kind, certainty, member_kind")
    assert {(iri, member) for iri, a, b, *_ in found for member in (a, b)} == members
    assert {(iri, cause) for iri, _, _, cause, *_ in found} == pairs(release, ECP + "overlapCause")
    assert all(a < b for _, a, b, *_ in found)
    grades = {iri: grade.rpartition("-")[2].upper() for iri, grade in pairs(release, ECP + "evidenceGrade")}
    assert {iri: grade for iri, _, _, _, grade, *_ in found} == grades
    assert {kind for *_, kind in found} == {"action", "body", "plan"}


def test_evidence_is_what_readings_state(release: Release) -> None:
    readings = of_class(release, "Reading")
    itself = {(one, one) for one in readings} | pairs(release, ECP + "readingOf")
    expected = Counter(
        (q.subject.value, q.predicate.value, q.object.value, q.graph_name.value)
        for q in quads(release.dataset)
        if getattr(q.graph_name, "value", "") in readings and (q.graph_name.value, q.subject.value) not in itself
    )
    assert Counter(rows(release, "evidence", "subject, property, value, reading")) == expected
    assert len(expected) > 1500
    certainties = dict(rows(release, "readings", "iri, certainty"))
    found = rows(release, "evidence", "reading, certainty, locator, document")
    assert all(
        certainties[reading] == certainty and locator and document for reading, certainty, locator, document in found
    )


def test_responsibilities_of_the_third_action(release: Release) -> None:
    columns = "party_code, party_name, role, how, is_group, certainty"
    found = set(rows(release, "responsibilities", f"{columns}, action"))
    third = {row[:-1] for row in found if row[-1] == f"{ID}action/ecp3-3" and row[3] == "named"}
    assert {(code or name, role, is_group) for code, name, role, _, is_group, _ in third} == {
        ("SEC", "responsible", False),
        ("PTC", "responsible", False),
        ("other related WCO committees or working groups", "responsible", True),
    }
    named = {(row[-1], row[1]) for row in found if row[2] == "responsible"}
    assert len(named) == len(pairs(release, ECP + "responsibleParty")) == 60
    assert {row[3] for row in found} == {"named", "through-programme"}


def test_the_same_data_give_the_same_bytes(release: Release, tmp_path: Path) -> None:
    described = f"{BASE}graph/dataset"
    store = merged_store(q for q in quads(release.dataset) if getattr(q.graph_name, "value", "") != described)
    write_tables(store, DEFINITIONS, tmp_path / "tables")
    again = {path.name: path.read_bytes() for path in (tmp_path / "tables").iterdir()}
    held = {path.name: path.read_bytes() for path in release.tables.iterdir()}
    beside = {"finding_evidence.parquet"}  # which the store has only the hashes of
    assert {name: again[name] for name in again.keys() - beside} == {name: held[name] for name in held.keys() - beside}


def test_the_description_and_the_server_have_each_table(release: Release) -> None:
    described = ox.Store()
    described.bulk_load(path=str(release.description), format=ox.RdfFormat.TURTLE)
    found: Any = described.query(
        "SELECT ?file ?type ?title WHERE { ?dataset dcat:distribution ?one . "
        "?one dcat:downloadURL ?file ; dcat:mediaType ?type ; dcterms:title ?title }",
        prefixes=dict(PREFIXES),
    )
    files = {row["file"].value: (row["type"].value, row["title"].value) for row in found}
    client = create_app(Settings(releases=release.path.parent, workers=1)).test_client()
    page = client.get("/dataset.html").get_data(as_text=True)
    for each in DEFINITIONS:
        path = f"dumps/tables/{each.name}.parquet"
        kind, title = files[BASE + path]
        assert kind.endswith("/application/vnd.apache.parquet")
        assert each.summary in title
        assert f'href="/{path}"' in page
        response = client.get(f"/{path}", buffered=True)
        digest = hashlib.sha256(response.data).hexdigest()
        assert response.headers["ETag"] == f'"{digest}"'
        assert digest == release.manifest["files"][f"tables/{each.name}.parquet"]["sha256"]
        assert client.get(f"/release/{release.id}/{path}", buffered=True).data == response.data
    told = client.get(f"/dumps/tables/{METADATA}", buffered=True)
    assert told.mimetype == "application/csvm+json"
    assert len(json.loads(told.data)["tables"]) == len(DEFINITIONS)
    for name in ("nope.parquet", "..%2fmanifest.json", "%2e%2e/report.ttl", "actions"):
        assert client.get(f"/dumps/tables/{name}", buffered=True).status_code == 404


@pytest.mark.slow
def test_the_static_twin_has_them(twin: Path, release: Release) -> None:
    found = {path.name: path.read_bytes() for path in (twin / "dumps" / "tables").iterdir()}
    assert found == {path.name: path.read_bytes() for path in release.tables.iterdir()}


def test_pandas_reads_them(release: Release) -> None:
    frame = pandas.read_parquet(release.tables / "actions.parquet")
    assert len(frame) == 28
