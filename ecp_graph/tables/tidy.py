"""Writes the tidy tables of a release: Parquet files, and what they hold in the terms of CSVW.

Joins answer the query of each definition, or Oxigraph as a CSV file, and DuckDB gives its columns their types, adds
names and codes, puts the rows in order and writes them, so that no row passes through Python. Equal data give equal
bytes, whichever answers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import pyoxigraph as ox

from ecp_graph.errors import InputSyntaxError, QueryTooComplex
from ecp_graph.languages import main_language
from ecp_graph.namespaces import names
from ecp_graph.sparql.guard import refuse_excess
from ecp_graph.sparql.text import query_start
from ecp_graph.tables.definitions import METADATA, NAMES, Column, Definition, file_name

__all__ = ["NAMED", "connected", "literal", "metadata", "quoted", "write_tables"]

_NOTHING: Final[Mapping[str, Path]] = {}
_TYPES: Final = {
    "iri": "{0}",
    "text": "{0}",
    "integer": "TRY_CAST({0} AS BIGINT)",
    "number": "TRY_CAST({0} AS DOUBLE)",
    "boolean": "TRY_CAST({0} AS BOOLEAN)",
    # the day as it is written, whatever its time zone
    "date": "TRY_CAST(substr({0}, 1, 10) AS DATE)",
}
#: The same in CSVW, which has no type for an IRI in a column of text but this.
_DATATYPES: Final = {"iri": "anyURI", "text": "string", "number": "double"}
#: One name and code a thing; see `ecp_graph.languages.preference`.
NAMED: Final = f"""
CREATE TABLE named AS
SELECT thing, first.name AS name_of, first.language AS language_of, code_of FROM (
  SELECT thing, min(name) FILTER (kind = 'code') AS code_of, min({{
    'rank': CASE
      WHEN language IS NULL THEN 1
      WHEN lower(language) = $main OR starts_with(lower(language), $main || '-') THEN 0
      ELSE 2 END,
    'name': name,
    'language': language}}) FILTER (kind = 'preferred') AS first
  FROM {NAMES} GROUP BY thing)"""


def write_tables(
    store: ox.Store,
    definitions: Sequence[Definition],
    folder: Path,
    *,
    answered: Mapping[str, Path] = _NOTHING,
    beside: Mapping[str, Path] = _NOTHING,
) -> None:
    """Write ``NAME.parquet`` for each definition and the metadata into a new folder; nothing without definitions.

    ``answered`` has, by table, answers that need not be asked of the store (`ecp_graph.tables.answers`);
    ``beside`` has, by table, Parquet files of texts with more rows than the store knows; columns go by their names.
    Where the data give several values for a column in which a row of that key has one, the first in the order of the
    alphabet stands. Raises InputSyntaxError for a definition whose query does not parse or gives other columns.
    """
    if not definitions:
        return
    folder.mkdir()
    allowed = {path.parent for path in (*answered.values(), *beside.values())}
    with TemporaryDirectory(prefix="ecp-graph-") as scratch, connected(Path(scratch), folder, *allowed) as connection:
        for each in sorted(definitions, key=lambda one: one.name != NAMES):
            _check(each)
            if each.name in answered:
                rows = f"read_parquet({literal(str(answered[each.name]))})"
            else:
                rows = _asked(store, each, Path(scratch) / f"{each.name}.csv")
            select = _typed(each, _one_a_key(connection, each, rows, beside.get(each.name)))
            connection.execute(f"CREATE TABLE {quoted(each.name)} AS {select}")
            if each.name == NAMES:
                connection.execute(NAMED, {"main": main_language().lower()})
            order = ", ".join(map(quoted, dict.fromkeys([*each.order, *each.key])))
            target = literal(str(folder / file_name(each.name)))
            ordered = f"SELECT * FROM {quoted(each.name)} ORDER BY {order}"
            connection.execute(f"COPY ({ordered}) TO {target} (FORMAT parquet, COMPRESSION zstd)")
            if each.name != NAMES:
                connection.execute(f"DROP TABLE {quoted(each.name)}")
    document = json.dumps(metadata(definitions), indent=2, ensure_ascii=False)
    (folder / METADATA).write_text(document + "\n", encoding="utf-8")


def connected(*folders: Path) -> duckdb.DuckDBPyConnection:
    """Return an empty database that reads and writes files of these folders alone, and loads no extensions."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    allowed = ", ".join(literal(f"{folder}/") for folder in folders)
    connection.execute(f"SET allowed_directories = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    return connection


def metadata(definitions: Sequence[Definition]) -> dict[str, Any]:
    """Return what the tables are as a CSVW table group, of the files that a table has as CSV."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": "Tidy tables",
        "tables": [_described(each, {one.name: one.key[0] for one in definitions}) for each in definitions],
    }


def _described(definition: Definition, keys: Mapping[str, str]) -> dict[str, Any]:
    columns = [
        {"name": each.name, "titles": each.name, "datatype": _DATATYPES.get(each.type, each.type)}
        | {"dc:description": each.meaning, "required": definition.key == (each.name,)}
        for each in definition.columns
    ]
    links = [
        {"columnReference": each.name, "reference": {"resource": f"{each.to}.csv", "columnReference": keys[each.to]}}
        for each in definition.columns
        if each.to
    ]
    return {
        "url": f"{definition.name}.csv",
        "dc:title": definition.summary,
        **({"dc:description": definition.description} if definition.description else {}),
        "tableSchema": {
            "columns": columns,
            "primaryKey": list(definition.key),
            **({"foreignKeys": links} if links else {}),
        },
    }


def _one_a_key(connection: duckdb.DuckDBPyConnection, definition: Definition, answer: str, beside: Path | None) -> str:
    """Return what selects the rows of an answer and of a file with further ones, one for each key."""
    rows = f"SELECT * FROM {answer}"
    if beside is not None:
        known = ", ".join(map(quoted, definition.selected))
        more = f"SELECT * FROM read_parquet({literal(str(beside))})"
        rows = f"SELECT {known} FROM ({rows} UNION ALL BY NAME {more})"
    key = ", ".join(map(quoted, definition.key))
    # rarely any, and looking for them costs a third of putting all rows in order
    shared = connection.execute(f"SELECT 1 FROM ({rows}) GROUP BY {key} HAVING count(*) > 1 LIMIT 1")
    if not shared.fetchall():
        return rows
    order = ", ".join(map(quoted, definition.selected))
    return f"SELECT * FROM ({rows}) QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {order}) = 1"


def _typed(definition: Definition, rows: str) -> str:
    """Return what selects the columns of a table, each of its type, with names and codes."""
    of = list(dict.fromkeys(column.of for column in definition.columns if column.naming))
    joins = " ".join(
        f"LEFT JOIN named AS named{at} ON named{at}.thing = one.{quoted(name)}" for at, name in enumerate(of)
    )
    values = ", ".join(f"{_expression(each, of)} AS {quoted(each.name)}" for each in definition.columns)
    return f"SELECT {values} FROM ({rows}) AS one {joins}"


def _check(definition: Definition) -> None:
    """Raise InputSyntaxError for a definition whose query does not parse or gives other columns than its header."""
    try:
        refuse_excess(definition.text)  # a deep one would overflow the stack
        found = ox.Store().query(definition.text, prefixes=dict(names().prefixes))
    except (QueryTooComplex, SyntaxError) as reason:
        raise InputSyntaxError(definition.path, f"its query is refused: {reason}") from reason
    given = [variable.value for variable in found.variables] if isinstance(found, ox.QuerySolutions) else []
    if not isinstance(found, ox.QuerySolutions) or given != definition.selected:
        raise InputSyntaxError(
            definition.path,
            f"the query gives {', '.join(given) or 'no columns'}, "
            f"but the header has {', '.join(definition.selected)}. Make them the same, in one order.",
        )


def _asked(store: ox.Store, definition: Definition, path: Path) -> str:
    """Write what the store answers into a file, and return what reads it in SQL."""
    try:
        texts: Any = store.query(_as_texts(definition), prefixes=dict(names().prefixes))
    except SyntaxError as reason:
        raise InputSyntaxError(
            definition.path, f"its query cannot be part of another, as one with FROM cannot: {reason}"
        ) from reason
    with path.open("wb") as stream:
        texts.serialize(stream, format=ox.QueryResultsFormat.CSV)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in definition.selected)
    return (
        f"read_csv({literal(str(path))}, columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', "
        "quote = '\"', escape = '\"', new_line = '\\r\\n', parallel = false, max_line_size = 64000000)"
    )


def _as_texts(definition: Definition) -> str:
    """Return the query with texts for IRIs, which Oxigraph writes into CSV without quotes, commas or not."""
    start = query_start(definition.text)
    columns = " ".join(f"(COALESCE(STR(?{name}), ?{name}) AS ?text{at})" for at, name in enumerate(definition.selected))
    return f"{definition.text[:start]} SELECT {columns} WHERE {{ {{ {definition.text[start:]}\n}} }}"


def _expression(column: Column, of: Sequence[str]) -> str:
    if column.naming:
        return f"named{of.index(column.of)}.{column.naming}"
    return _TYPES[column.type].format(f"one.{quoted(column.name)}")


def quoted(name: str) -> str:
    """Return the name of a table or column as SQL has it."""
    return f'"{name}"'


def literal(value: str) -> str:
    """Return a text as SQL has it."""
    return "'" + value.replace("'", "''") + "'"
