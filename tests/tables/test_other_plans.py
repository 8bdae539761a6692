"""What the bundled plan has none of: roles, sub-actions, indicators, results and budgets."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph as ox
import pytest

from ecp_graph.overlap.derive import merged_store
from ecp_graph.release.release import Release
from ecp_graph.tables.definitions import read_definitions
from ecp_graph.tables.tidy import write_tables
from ecp_graph.workspace import bundled_workspace
from tests.build.conftest import HEADER
from tests.bundled import ID, NAMES, ONTOLOGY_GRAPH

DATA = """
reading:rows {
    reading:rows a ecp:Reading ; ecp:readingOf <urn:x:passage> ; ecp:certainty concept:certainty-normalised .
    action:a a ecp:Action ; ecp:numberText "2" ; ecp:position 1 ; ecp:progressStatus concept:progress-delayed ;
        ecp:responsibleBody body:ministry ; ecp:responsibleParty body:ministry ; ecp:involvesParty body:firm .
    action:b a ecp:Action ; ecp:numberText "2.1" ; ecp:position 2 ; ecp:partOfAction action:a ;
        ecp:hasResult <urn:x:result> .
    body:ministry a ecp:Party , ecp:Body ; skos:prefLabel "Ministry of Roads"@en .
    body:firm a ecp:Party , ecp:Body ; skos:notation "FIRM" .
    <urn:x:leads> ecp:participationIn action:a ; ecp:participant body:ministry ; ecp:role concept:role-lead .
    <urn:x:asked> ecp:participationIn action:a ; ecp:participant body:firm ; ecp:role concept:role-consulted .
    <urn:x:indicator> a ecp:Indicator ; ecp:measures action:a , <urn:x:result> ; ecp:unitText "per cent" ;
        ecp:indicatorKind concept:indicator-output .
    <urn:x:target> a ecp:Measurement ; ecp:measurementOf <urn:x:indicator> ; ecp:numericValue 80.5 ;
        ecp:measurementKind concept:measurement-target ; ecp:until "2032-12-31T23:59:59"^^xsd:dateTime .
    <urn:x:result> a ecp:Result ; ecp:resultKind concept:result-output .
    <urn:x:budget> a ecp:Budget ; ecp:budgetOf action:a ; ecp:amount 1200000 ; ecp:currency "EUR" ;
        ecp:fundedBy body:ministry , body:firm .
}
"""


@pytest.fixture(scope="module")
def tables(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    ontology = [
        quad
        for quad in ox.parse(path=str(release.dataset), format=ox.RdfFormat.N_QUADS)
        if getattr(quad.graph_name, "value", "") == ONTOLOGY_GRAPH
    ]
    data = list(ox.parse((HEADER + DATA).encode(), format=ox.RdfFormat.TRIG))
    folder = tmp_path_factory.mktemp("other") / "tables"
    write_tables(merged_store([*ontology, *data]), read_definitions(bundled_workspace()), folder)
    return folder


def rows(tables: Path, table: str, columns: str) -> list[tuple[Any, ...]]:
    return duckdb.execute(f"SELECT {columns} FROM '{tables / table}.parquet'").fetchall()


def test_roles_are_those_that_the_plan_gives(tables: Path) -> None:
    found = rows(tables, "responsibilities", "coalesce(party_code, party_name), role, how, certainty")
    assert sorted(found) == [
        ("FIRM", "consulted", "named", "normalised"),
        ("Ministry of Roads", "lead", "named", "normalised"),
    ]


def test_a_part_names_the_action_above_it(tables: Path) -> None:
    assert rows(tables, "actions", "number, parent_action, progress") == [
        ("2", None, "delayed"),
        ("2.1", f"{ID}action/a", None),
    ]


def test_results_indicators_and_budgets(tables: Path) -> None:
    action = f"{NAMES.prefixes['action']}a"
    assert rows(tables, "results", "iri, kind, result_of") == [("urn:x:result", "output", f"{ID}action/b")]
    assert rows(tables, "indicators", "iri, measures, kind, unit_text") == [
        ("urn:x:indicator", action, "output", "per cent"),
        ("urn:x:indicator", "urn:x:result", "output", "per cent"),
    ]
    assert rows(tables, "measurements", "indicator, kind, value, until_date") == [
        ("urn:x:indicator", "target", 80.5, date(2032, 12, 31))
    ]
    assert rows(tables, "budgets", "budget_of, amount, currency, funded_by_name") == [
        (action, 1200000.0, "EUR", None),
        (action, 1200000.0, "EUR", "Ministry of Roads"),
    ]
