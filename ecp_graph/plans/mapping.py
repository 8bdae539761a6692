"""A mapping: which column of a document holds what, in the words of CSV on the Web, written in YAML.

It is proposed by a dry run, edited by a person, and given back. Where CSVW has a word it is that word: ``url``,
``tableSchema``, ``columns``, ``titles``, ``propertyUrl``, ``valueUrl``, ``aboutUrl``, ``separator``, ``null``,
``lang``, ``foreignKeys``, ``dialect``. ``sheet`` and ``table`` choose among the tables of one file.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as Map
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

import yaml

from ecp_graph.errors import InputSyntaxError
from ecp_graph.inputs import read_input
from ecp_graph.plans.wordings import wordings

__all__ = ["Column", "Dialect", "ForeignKey", "Mapping", "TableMapping", "read_mapping"]

#: What a row of a table is about: the first part of its ``aboutUrl``.
KINDS: Final = ("action", "chapter", "body", "indicator")
_LARGEST_BYTES: Final = 1_000_000
_KEYS: Final[Map[str, Collection[str]]] = {
    "mapping": ("tables", "lang", "url", "sheet", "table", "dialect", "tableSchema"),
    "table": ("url", "sheet", "table", "dialect", "tableSchema", "lang"),
    "tableSchema": ("aboutUrl", "columns", "foreignKeys"),
    "column": ("titles", "name", "propertyUrl", "valueUrl", "separator", "null", "lang"),
    "foreignKey": ("columnReference", "reference"),
    "reference": ("resource", "columnReference"),
    "dialect": ("delimiter", "encoding"),
}


@dataclass(frozen=True)
class Column:
    """A column: its headings, and the field that it holds; ``field`` is empty where it is not read."""

    titles: tuple[str, ...]
    field: str = ""
    separator: str = ""
    null: tuple[str, ...] = ()
    lang: str = ""
    value_url: str = ""


@dataclass(frozen=True)
class ForeignKey:
    """A column whose values are in a column of another table."""

    column: str
    resource: str
    reference: str


@dataclass(frozen=True)
class Dialect:
    """How a text file is written; what is None is found out."""

    delimiter: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class TableMapping:
    """A table: the file, sheet or number of the table that it is, and its columns; ``kind`` is one of `KINDS`."""

    columns: tuple[Column, ...]
    kind: str = "action"
    url: str = ""
    sheet: str = ""
    table: int = 0
    foreign_keys: tuple[ForeignKey, ...] = ()
    dialect: Dialect = Dialect()


@dataclass(frozen=True)
class Mapping:
    """The tables of a document, or of linked files; the first of actions is the document itself."""

    tables: tuple[TableMapping, ...]
    lang: str = ""

    @property
    def actions(self) -> TableMapping:
        """The table of actions."""
        return next(table for table in self.tables if table.kind == "action")


def read_mapping(path: Path) -> Mapping:
    """Return the mapping in a file.

    Raises InputSyntaxError, where it can with the line, for what is no mapping: the sentence says what was expected.
    """
    content = read_input(path)
    if len(content) > _LARGEST_BYTES:
        raise InputSyntaxError(path, "a mapping has a few dozen lines; this file has more than 1 MB.")
    try:
        node = yaml.compose(content.decode("utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as reason:
        line = reason.problem_mark.line + 1 if reason.problem_mark else None
        raise InputSyntaxError(path, f"it is not YAML ({reason.problem}).", line) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as reason:
        raise InputSyntaxError(path, f"it is not YAML in UTF-8 ({type(reason).__name__}).") from None
    return _Reader(path, wordings().fields).mapping(node)


class _Reader:
    """Takes the nodes of YAML apart; a node knows its line, and a value that was read no longer does."""

    def __init__(self, path: Path, fields: Map[str, str]) -> None:
        self._path = path
        self._fields = {**{prefixed: name for name, prefixed in fields.items()}, **{name: name for name in fields}}
        self._known = ", ".join(fields)

    def mapping(self, node: Any) -> Mapping:
        keys = self._keys(node, "mapping")
        tables = self._list(keys["tables"], "tables") if "tables" in keys else [node]
        read = tuple(self._table(table, "table" if "tables" in keys else "mapping") for table in tables)
        if not any(table.kind == "action" for table in read):
            self._refuse(node, "no table has actions: begin the aboutUrl of one with 'action/'.")
        names = {table.url for table in read}
        for table, one in zip(tables, read, strict=True):
            for key in one.foreign_keys:
                if key.resource not in names:
                    self._refuse(table, f"a foreign key refers to '{key.resource}', which is the url of no table here.")
        return Mapping(read, self._text(keys.get("lang")))

    def _table(self, node: Any, what: str) -> TableMapping:
        keys = self._keys(node, what)
        if "tableSchema" not in keys:
            self._refuse(node, "a table has no tableSchema with its columns.")
        schema = self._keys(keys["tableSchema"], "tableSchema")
        if "columns" not in schema:
            self._refuse(keys["tableSchema"], "a tableSchema has no columns.")
        url = self._text(keys.get("url"))
        if Path(url).name != url or url in {".", ".."}:
            self._refuse(keys["url"], f"the url '{url}' is not the name of a file beside the document.")
        about = self._text(schema.get("aboutUrl")) or "action/"
        kind = about.partition("/")[0]
        if kind not in KINDS:
            self._refuse(schema["aboutUrl"], f"the aboutUrl '{about}' begins with none of {', '.join(KINDS)}.")
        columns = tuple(self._column(column) for column in self._list(schema["columns"], "columns"))
        if not any(column.field == "title" for column in columns):
            self._refuse(schema["columns"], "no column has the propertyUrl 'title', the text of the action or thing.")
        number = self._text(keys.get("table")) or "0"
        if not number.isdecimal():
            self._refuse(keys["table"], f"table must be the number of a table in the document, not '{number}'.")
        foreign = self._list(schema["foreignKeys"], "foreignKeys") if "foreignKeys" in schema else []
        return TableMapping(
            columns,
            kind,
            url,
            self._text(keys.get("sheet")),
            int(number),
            tuple(self._foreign_key(key, columns) for key in foreign),
            self._dialect(keys.get("dialect")),
        )

    def _column(self, node: Any) -> Column:
        keys = self._keys(node, "column")
        titles = self._texts(keys.get("titles")) or self._texts(keys.get("name"))
        if not titles:
            self._refuse(node, "a column has no titles: the heading that it has in the document.")
        named = self._text(keys.get("propertyUrl"))
        if named and named not in self._fields:
            self._refuse(keys["propertyUrl"], f"propertyUrl is '{named}', but must be one of {self._known}.")
        return Column(
            titles,
            self._fields.get(named, ""),
            self._text(keys.get("separator")),
            self._texts(keys.get("null")),
            self._text(keys.get("lang")),
            self._text(keys.get("valueUrl")),
        )

    def _foreign_key(self, node: Any, columns: Collection[Column]) -> ForeignKey:
        keys = self._keys(node, "foreignKey")
        if set(keys) != {"columnReference", "reference"}:
            self._refuse(node, "a foreign key needs columnReference and reference.")
        reference = self._keys(keys["reference"], "reference")
        if set(reference) != {"resource", "columnReference"}:
            self._refuse(keys["reference"], "a reference needs resource and columnReference.")
        column = self._text(keys["columnReference"])
        if not any(column in one.titles for one in columns):
            self._refuse(keys["columnReference"], f"the columnReference '{column}' is the title of no column here.")
        return ForeignKey(column, self._text(reference["resource"]), self._text(reference["columnReference"]))

    def _dialect(self, node: Any) -> Dialect:
        keys = self._keys(node, "dialect") if node is not None else {}
        delimiter = self._text(keys.get("delimiter")) or None
        if delimiter is not None and len(delimiter) != 1:
            self._refuse(keys["delimiter"], f"the delimiter '{delimiter}' is not one character.")
        return Dialect(delimiter, self._text(keys.get("encoding")) or None)

    def _keys(self, node: Any, what: str) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            self._refuse(node, f"here a {what} is expected, which has the keys {', '.join(_KEYS[what])}.")
        found = {str(key.value): value for key, value in node.value}
        for key, _ in node.value:
            if key.value not in _KEYS[what]:
                self._refuse(key, f"'{key.value}' is not a key of a {what}; its keys are {', '.join(_KEYS[what])}.")
        return found

    def _list(self, node: Any, what: str) -> list[Any]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self._refuse(node, f"{what} is a list, each with '- ' before it.")
        return list(node.value)

    def _text(self, node: Any) -> str:
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self._refuse(node, "one value is expected here.")
        return str(node.value)

    def _texts(self, node: Any) -> tuple[str, ...]:
        if isinstance(node, yaml.SequenceNode):
            return tuple(self._text(one) for one in node.value)
        return (self._text(node),) if node is not None and self._text(node) else ()

    def _refuse(self, node: Any, reason: str) -> NoReturn:
        line = node.start_mark.line + 1 if node is not None else None
        raise InputSyntaxError(self._path, reason, line)
