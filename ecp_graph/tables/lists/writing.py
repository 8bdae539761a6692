"""Writes the lists of a release: one SQLite file, out of its store, its tidy tables and the catalogue.

Equal data give equal bytes with one version of SQLite: rows are written in an order of their own, and the file once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import duckdb

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_stream
from ecp_graph.languages import main_language
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import Catalogue
from ecp_graph.queries.names import QUERY as NAMES_QUERY
from ecp_graph.queries.names import gather
from ecp_graph.queries.search import entry_line, fold, is_word
from ecp_graph.sparql.results import term_of
from ecp_graph.tables.lists.cells import packed
from ecp_graph.tables.tidy import NAMED, connected, literal, quoted

__all__ = ["FILE", "write_lists"]

#: The file inside a release.
FILE: Final = "lists.sqlite"
_FOLDER: Final = files("ecp_graph.tables.lists")
#: The tables of findings, in the order in which one is made of others.
_MADE: Final = (
    "term",
    "finding",
    "finding_thing",
    "finding_action",
    "finding_reading",
    "finding_part",
    "finding_reason",
    "action",
    "reading",
    "responsible",
    "relation",
)
#: The queries that name the kinds and grades of findings, with the columns that tell a notation and its name.
_MARKS: Final = {"kind": ("overlap-kinds", "kind", "kindName"), "grade": ("grades", "evidenceGrade", "gradeName")}
_AT_ONCE: Final = 10_000


def write_lists(path: Path, engine: Engine, catalogue: Catalogue, tables: Path) -> None:
    """Write the file from an engine over the data of a release and the folder of its tidy tables.

    Without tidy tables, or with others than findings can be told from, it has no findings; without a query ``names`` no
    names. Raises what the engine raises.
    """
    with closing(sqlite3.connect(path)) as lists:
        lists.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192;")
        lists.executescript(_sql("schema.sql"))
        _write_answers(lists, engine, catalogue)
        if NAMES_QUERY in catalogue:
            _write_names(lists, engine, catalogue)
        if tables.is_dir():
            _write_findings(lists, tables)
        _write_marks(lists, engine, catalogue)
        lists.executescript(_sql("indexes.sql"))
        lists.execute("INSERT INTO part (part) VALUES ('optimize')")
        lists.commit()
        lists.executescript("ANALYZE; VACUUM;")


def _write_answers(lists: sqlite3.Connection, engine: Engine, catalogue: Catalogue) -> None:
    held = [(query, given) for query in catalogue.values() for given in query.stored]
    for number, (query, given) in enumerate(sorted(held, key=lambda one: (one[0].name, sorted(one[1].items())))):
        answer = ask_stream(engine, bind(query, given, engine), fmt="tsv")
        rows = ((number, place, packed(row)) for place, row in enumerate(answer.rows))
        _insert(lists, "answer_row", rows)
        facts = (query.name, query.body, json.dumps(dict(given), sort_keys=True), json.dumps(answer.columns))
        count = lists.execute("SELECT count(*) FROM answer_row WHERE answer = ?", (number,)).fetchone()[0]
        lists.execute("INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?)", (number, *facts, count))


def _write_names(lists: sqlite3.Connection, engine: Engine, catalogue: Catalogue) -> None:
    named = gather(ask_stream(engine, bind(catalogue[NAMES_QUERY], {}, engine), fmt="tsv"))
    words: set[str] = set()
    codes: list[tuple[str, int]] = []
    entries: list[tuple[Any, ...]] = []
    in_order = sorted(named.values(), key=lambda one: (len(one.label), one.label, one.iri))
    for number, each in enumerate(in_order):
        line = entry_line(each)
        words.update(word for word in line.split() if is_word(word))
        codes += sorted({(fold(code), number) for code in each.codes})
        texts = (json.dumps(names, ensure_ascii=False) for names in (each.codes, each.others, each.hidden))
        entries.append((number, each.iri, each.kind, each.label, *texts, int(each.is_made), line))
    _insert(lists, "entry", entries)
    _insert(lists, "code", sorted(codes))
    _insert(lists, "word", ((word,) for word in sorted(words)))
    lists.execute("INSERT INTO part (rowid, line) SELECT id, line FROM entry ORDER BY id")


def _write_findings(lists: sqlite3.Connection, tables: Path) -> None:
    with connected(tables) as connection:
        found = sorted(tables.glob("*.parquet"))
        for path in found:
            connection.execute(f"CREATE VIEW {quoted(path.stem)} AS FROM read_parquet({literal(str(path))})")
        try:
            connection.execute(_sql("made/reads.sql"))
        except (duckdb.BinderException, duckdb.CatalogException):
            return  # the workspace has tables of its own, which tell too little
        _make(connection)
        for name in _MADE:
            rows = connection.execute(f"FROM {quoted(name)}")
            while some := rows.fetchmany(_AT_ONCE):
                _insert(lists, name, some)


def _make(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(NAMED, {"main": main_language().lower()})
    columns = [row[0] for row in connection.execute("DESCRIBE findings").fetchall()]
    marked = "*" if "is_node" in columns else "*, true AS is_node"
    connection.execute(f"CREATE VIEW finding_rows AS SELECT {marked} FROM findings")
    for name in _MADE:
        connection.execute(f"CREATE TABLE {quoted(name)} AS {_sql(f'made/{name}.sql')}")


def _write_marks(lists: sqlite3.Connection, engine: Engine, catalogue: Catalogue) -> None:
    for scheme, (name, notation, told) in _MARKS.items():
        if name in catalogue:
            answer = ask_stream(engine, bind(catalogue[name], {}, engine), fmt="tsv")
            if {notation, told} <= set(answer.columns):
                at = answer.columns.index(notation), answer.columns.index(told)
                found = ((term_of(row[at[0]]), term_of(row[at[1]])) for row in answer.rows)
                named = dict.fromkeys(
                    (scheme, one.value, name.value, name.language) for one, name in found if one and name
                )
                _insert(lists, "mark", ((*row, place) for place, row in enumerate(named)))


def _insert(lists: sqlite3.Connection, table: str, rows: Iterable[Any]) -> None:
    width = len(lists.execute(f"SELECT * FROM {table} LIMIT 0").description)
    lists.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)


def _sql(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
