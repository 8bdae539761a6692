"""Definitions of tidy tables: what is wrong with one is told, and odd data come through."""

from __future__ import annotations

from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph as ox
import pytest

from ecp_graph.errors import InputSyntaxError
from ecp_graph.overlap.derive import merged_store
from ecp_graph.pipeline import build
from ecp_graph.release.release import Release
from ecp_graph.tables.definitions import Definition, definition, read_definitions
from ecp_graph.tables.tidy import write_tables
from ecp_graph.workspace import bundled_workspace
from tests.build.conftest import HEADER, write_workspace
from tests.growth import LINEAR, exponent

NAMES = (bundled_workspace().folder("queries") / "tables" / "names.rq").read_text(encoding="utf-8")
THINGS = """\
#+ summary: Things, one row per thing
#+ key: [iri]
#+ order: [size]
#+ columns:
#+   - {name: iri, type: iri, meaning: IRI of the thing}
#+   - {name: name, type: text, name_of: iri, meaning: its name}
#+   - {name: language, type: text, language_of: iri, meaning: language of the name}
#+   - {name: code, type: text, code_of: iri, meaning: its code}
#+   - {name: size, type: integer, meaning: its size}
#+   - {name: weight, type: number, meaning: its weight}
#+   - {name: big, type: boolean, meaning: whether it is big}
#+   - {name: born, type: date, meaning: the day on which it was made}
#+   - {name: remark, type: text, meaning: a remark}
PREFIX : <urn:x:>
SELECT ?iri ?size ?weight ?big ?born ?remark WHERE {
  ?iri a :Thing
  OPTIONAL { ?iri :size ?size } OPTIONAL { ?iri :weight ?weight } OPTIONAL { ?iri :big ?big }
  OPTIONAL { ?iri :born ?born } OPTIONAL { ?iri :remark ?remark }
}
"""


def written(tmp_path: Path, data: str, *texts: tuple[str, str]) -> Path:
    prefixes = (
        "@prefix : <urn:x:> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
        " @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
    )
    parsed = ox.parse((prefixes + data).encode(), format=ox.RdfFormat.TURTLE)
    definitions = [definition(Path(f"{name}.rq"), text.encode()) for name, text in texts]
    write_tables(merged_store(parsed), definitions, tmp_path / "tables")
    return tmp_path / "tables"


def rows(path: Path, columns: str = "*") -> list[tuple[Any, ...]]:
    return duckdb.execute(f"SELECT {columns} FROM '{path}'").fetchall()


def test_values_have_their_types_and_odd_ones_come_through(tmp_path: Path) -> None:
    data = """
    <urn:x:a,b> a :Thing ; :size 2 ; :weight 1.5 ; :big true ; :born "2016-07-01T00:00:00+02:00"^^xsd:dateTime ;
        :remark "one, \\"two\\"\\r\\nthree '4' =5 ü" ; skos:notation "B" , "A" .
    :c a :Thing ; :size 1 ; :weight "much" ; :big "1"^^xsd:boolean ; :born "2017"^^xsd:gYear ; :remark "" , "x" .
    """
    folder = written(tmp_path, data, ("names", NAMES), ("things", THINGS))
    found = rows(folder / "things.parquet", "iri, code, size, weight, big, born, remark")
    assert found == [
        ("urn:x:c", None, 1, None, True, None, "x"),
        ("urn:x:a,b", "A", 2, 1.5, True, date(2016, 7, 1), "one, \"two\"\r\nthree '4' =5 ü"),
    ]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ('"Guide"@fr , "guide"@en-GB , "Aa"', ("guide", "en-gb")),
        ('"Guide"@fr , "plain"', ("plain", None)),
        ('"b"@en , "a"@en', ("a", "en")),
        ('"Leitfaden"@de', ("Leitfaden", "de")),
        ('"anderes"@eng', ("anderes", "eng")),
    ],
)
def test_a_name_is_in_the_main_language_before_others(tmp_path: Path, labels: str, expected: tuple[str, str]) -> None:
    folder = written(tmp_path, f":a a :Thing ; skos:prefLabel {labels} .", ("names", NAMES), ("things", THINGS))
    assert rows(folder / "things.parquet", "name, language") == [expected]
    assert len(rows(folder / "names.parquet")) == labels.count('"') // 2


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("#+ key: [iri]\n", "", "has no 'key'"),
        ("key: [iri]", "key: [id]", "the column 'id', which the query does not give"),
        ("order: [size]", "order: [name]", "the column 'name', which the query does not give"),
        ("type: integer", "type: int", "has the type 'int'; known are iri, text"),
        ("name: size", "name: Size", "the column 'Size' must be lowercase words"),
        (", meaning: its size", "", "needs a name, type and meaning"),
        ("meaning: its size", "meaning: its size, unit: m", "the unknown key 'unit'"),
        ("name: size", "name: iri", "two columns are called 'iri'"),
        ("#+ key", "#+ tags: [a]\n#+ key", "the unknown key 'tags'"),
    ],
)
def test_a_faulty_header_is_told(old: str, new: str, told: str) -> None:
    path = Path("things.rq")
    assert isinstance(definition(path, THINGS.encode()), Definition)
    with pytest.raises(InputSyntaxError, match=r"things\.rq") as caught:
        definition(path, THINGS.replace(old, new, 1).encode())
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("SELECT ?iri ?size", "SELECT ?size ?iri", "the query gives size, iri, "),
        ("SELECT ?iri", "SELECT ?iri ?more", "the query gives iri, more, "),
        ("?iri a :Thing", "?iri a ", "its query is refused"),
        ("WHERE {\n  ?iri", "FROM <urn:x:g> WHERE {\n  ?iri", "as one with FROM cannot"),
    ],
)
def test_a_faulty_query_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(InputSyntaxError, match=r"things\.rq") as caught:
        written(tmp_path, "", ("names", NAMES), ("things", THINGS.replace(old, new, 1)))
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"things": THINGS}, "there is no table names"),
        ({"names": NAMES, "things": THINGS.replace("type: integer", "type: integer, to: sizes")}, "is 'to' sizes"),
        ({"names": NAMES, "things": THINGS.replace("type: integer", "type: integer, to: names")}, "is 'to' names"),
    ],
)
def test_tables_that_are_spoken_of_must_be_there(tmp_path: Path, files: dict[str, str], told: str) -> None:
    good = {"queries/tables/names.rq": NAMES, "queries/tables/things.rq": THINGS}
    assert [each.name for each in read_definitions(write_workspace(tmp_path / "good", good))] == ["names", "things"]
    bad = write_workspace(tmp_path / "bad", {f"queries/tables/{name}.rq": text for name, text in files.items()})
    with pytest.raises(InputSyntaxError, match=r"things\.rq") as caught:
        read_definitions(bad)
    assert told in str(caught.value)


def built(root: Path, changes: dict[str, str]) -> Release:
    release = build(write_workspace(root, changes), root / "releases").release
    assert release is not None
    return release


def test_a_workspace_with_little_has_empty_tables_with_their_columns(tmp_path: Path) -> None:
    changes = {f"queries/tables/{path.name}": path.read_text("utf-8") for path in bundled_workspace().table_files}
    tables = built(tmp_path, changes).tables
    assert len(rows(tables / "actions.parquet")) == 2
    assert len(rows(tables / "findings.parquet")) == 0, "its findings have no certainty of their own"
    for name in ("indicators", "measurements", "budgets", "results"):
        assert rows(tables / f"{name}.parquet") == []
    described = duckdb.execute(f"DESCRIBE SELECT * FROM '{tables / 'budgets.parquet'}'").fetchall()
    assert ("amount", "DOUBLE") in [row[:2] for row in described]


def test_a_workspace_without_definitions_has_no_tables(tmp_path: Path) -> None:
    release = built(tmp_path, {})
    assert not release.tables.exists()
    assert not [name for name in release.manifest["files"] if name.startswith("tables/")]
    assert b"parquet" not in release.description.read_bytes()


def test_the_cost_is_in_proportion_to_the_rows(tmp_path: Path) -> None:
    folders = count(1)

    def store(size: int) -> ox.Store:
        data = "".join(
            f'<urn:x:{at}> a <urn:x:Thing> ; <urn:x:size> {at} ; skos:prefLabel "{at}" .\n' for at in range(size)
        )
        return merged_store(ox.parse((HEADER + data).encode(), format=ox.RdfFormat.TURTLE))

    definitions = [
        definition(Path(f"{name}.rq"), text.encode()) for name, text in (("names", NAMES), ("things", THINGS))
    ]
    work = partial(_write_into, tmp_path, folders, definitions)
    assert exponent(work, store, 1_500) < LINEAR
    assert len(rows(tmp_path / "1" / "things.parquet")) == 24_000


def _write_into(root: Path, folders: count[int], definitions: list[Definition], store: ox.Store) -> None:
    write_tables(store, definitions, root / str(next(folders)))
