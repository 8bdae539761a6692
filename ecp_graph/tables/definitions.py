"""The definitions of the tidy tables: each is one file, ``queries/tables/NAME.rq``.

A file is a SELECT under a header of ``#+`` lines, as in `ecp_graph.queries.catalogue`, with these keys::

    #+ summary: Findings of overlap, one row per finding
    #+ description: what does not count, or where more is told
    #+ key: [iri]
    #+ order: [plan, position]
    #+ columns:
    #+   - {name: iri, type: iri, meaning: "IRI of the finding"}
    #+   - {name: cause, type: iri, to: actions, meaning: "what makes the two meet"}
    #+   - {name: cause_name, type: text, name_of: cause, meaning: "name of the cause"}

``key`` are the columns that no two rows share. A column with ``to`` holds keys of that table. A column with
``name_of``, ``language_of`` or ``code_of`` is none of the query: it is the name of the thing in another column, the
language of that name, or its code, as the table ``names`` has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ecp_graph.errors import InputSyntaxError
from ecp_graph.inputs import read_input
from ecp_graph.queries.catalogue import read_header
from ecp_graph.workspace import Workspace

__all__ = [
    "FOLDER",
    "MEDIA_TYPE",
    "METADATA",
    "NAMES",
    "NAMINGS",
    "TYPES",
    "Column",
    "Definition",
    "definition",
    "file_name",
    "read_definitions",
]

#: The folder of the tables inside a release.
FOLDER: Final = "tables"
#: What the tables are and what their columns mean: W3C Metadata Vocabulary for Tabular Data.
METADATA: Final = "csv-metadata.json"
MEDIA_TYPE: Final = "application/vnd.apache.parquet"

#: The table that names are taken from.
NAMES: Final = "names"
#: What a column can be of another column's thing.
NAMINGS: Final = ("name_of", "language_of", "code_of")
#: The types of columns.
TYPES: Final = ("iri", "text", "integer", "number", "boolean", "date")
_KEYS: Final = frozenset({"summary", "description", "key", "order", "columns"})
_COLUMN_KEYS: Final = frozenset({"name", "type", "meaning", "to", *NAMINGS})
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_COLUMNS_OF_NAMES: Final = ("thing", "kind", "name", "language")


@dataclass(frozen=True)
class Column:
    """One column: its name, type and meaning, and the table whose keys it holds, if it does.

    ``naming`` is one of `NAMINGS` and ``of`` the column whose thing it names; both are empty for a column of the query.
    """

    name: str
    type: str
    meaning: str
    to: str = ""
    naming: str = ""
    of: str = ""


@dataclass(frozen=True)
class Definition:
    """One table: what its header says, and the whole text of its file."""

    name: str
    path: Path
    summary: str
    description: str
    key: tuple[str, ...]
    order: tuple[str, ...]
    columns: tuple[Column, ...]
    text: str

    @property
    def selected(self) -> list[str]:
        """The columns of the query."""
        return [column.name for column in self.columns if not column.naming]


def file_name(table: str) -> str:
    """Return the name of the file of a table."""
    return f"{table}.parquet"


def read_definitions(workspace: Workspace) -> list[Definition]:
    """Return the tables of a workspace in the order of their names; none where its queries/ has no folder tables/.

    Raises InputSyntaxError for a file that is not as the module describes, or that names a table which is not there.
    """
    found = [definition(path, read_input(path)) for path in workspace.table_files]
    known = {each.name: each for each in found}
    for each in found:
        for column in each.columns:
            if column.to and (column.to not in known or len(known[column.to].key) > 1):
                raise InputSyntaxError(
                    each.path,
                    f"the column '{column.name}' is 'to' {column.to}, which is no table with a key of one column.",
                )
            if column.naming and NAMES not in known:
                raise InputSyntaxError(
                    each.path, f"the column '{column.name}' is a {column.naming}, but there is no table {NAMES}."
                )
    return sorted(found, key=lambda each: each.name)


def definition(path: Path, content: bytes) -> Definition:
    """Return the table of a file; raises InputSyntaxError for one that is not as the module describes."""
    try:
        text = content.decode()
    except UnicodeDecodeError as reason:
        raise InputSyntaxError(path, f"it is not UTF-8 ({reason}).") from reason
    header = read_header(path, text, _KEYS)
    name = path.stem.replace("-", "_")
    try:
        if not _NAME.fullmatch(name):
            raise ValueError("the name of a table must be lowercase words joined by '-', such as finding-things.rq.")
        columns = tuple(map(_column, header.get("columns") or []))
        key, order = (tuple(map(str, header.get(part) or [])) for part in ("key", "order"))
        _check(name, columns, key, order)
    except ValueError as reason:
        raise InputSyntaxError(path, str(reason)) from reason
    summary, description = (str(header.get(part) or "").strip() for part in ("summary", "description"))
    return Definition(name, path, summary, description, key, order, columns, text)


def _column(item: Any) -> Column:
    if not isinstance(item, dict) or not all(item.get(part) for part in ("name", "type", "meaning")):
        raise ValueError(
            f"a column needs a name, type and meaning, as in {{name: iri, type: iri, meaning: the action}}: {item!r}."
        )
    if unknown := sorted(set(item) - _COLUMN_KEYS):
        raise ValueError(f"a column has the unknown key '{unknown[0]}'; known are {', '.join(sorted(_COLUMN_KEYS))}.")
    if not _NAME.fullmatch(str(item["name"])):
        raise ValueError(f"the column '{item['name']}' must be lowercase words joined by '_', such as plan_name.")
    if item["type"] not in TYPES:
        raise ValueError(f"the column '{item['name']}' has the type '{item['type']}'; known are {', '.join(TYPES)}.")
    naming = next((each for each in NAMINGS if each in item), "")
    name, type_, meaning = (str(item[part]) for part in ("name", "type", "meaning"))
    return Column(name, type_, meaning, to=str(item.get("to", "")), naming=naming, of=str(item.get(naming, "")))


def _check(table: str, columns: Iterable[Column], key: tuple[str, ...], order: tuple[str, ...]) -> None:
    own = [column.name for column in columns if not column.naming]
    every = [column.name for column in columns]
    if not key:
        raise ValueError("the header has no 'key': the columns that no two rows share, as in [iri].")
    if twice := sorted({name for name in every if every.count(name) > 1}):
        raise ValueError(f"two columns are called '{twice[0]}'.")
    named = [*key, *order, *(column.of for column in columns if column.naming)]
    for name in named:
        if name not in own:
            raise ValueError(f"the header speaks of the column '{name}', which the query does not give.")
    if table == NAMES and set(own) != set(_COLUMNS_OF_NAMES):
        raise ValueError(f"the table {NAMES} has the columns {', '.join(_COLUMNS_OF_NAMES)} and no others.")
