"""The statements of a build as tables of numbers, in DuckDB.

::

    terms(id, term)       each term once, in the syntax of N-Triples; the term '' is the default graph, and has number 0
    LAYER(s, p, o, g)     the numbers of the terms of each statement, each once, in the order in which they came
    quads(s, p, o, g)     what rules read: the layers ontology, data, inferred and derived
    triples(s, p, o)      the merge of the first three, each triple once

A layer is what one step of the build has to say: ``ontology``, ``data``, ``inferred``, ``derived``, ``shapes`` and
``description``. Literals have the numbers from `LITERALS` upwards, so that one comparison tells them from IRIs and
blank nodes. Terms are compared as they were written, and numbered in the order of their text as they come in.

Statements come in as N-Quads of Oxigraph, which writes a term in one way only. A space stands between terms and in
literals, nowhere else, and no graph has a quotation mark in its name: so a line is split at its spaces.
"""

from __future__ import annotations

import os
import shutil
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, TypeAlias, cast

import duckdb
import pyoxigraph as ox

from ecp_graph.processors import NUMPY_ON_ONE

__all__ = [
    "DEFAULT_GRAPH",
    "LAYERS",
    "LITERALS",
    "OxTerm",
    "Statements",
    "memory_limit",
    "parsed_terms",
]

OxTerm: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal

LITERALS: Final = 1 << 40
#: The number of the default graph, that of the term ''.
DEFAULT_GRAPH: Final = 0
LAYERS: Final = ("ontology", "data", "inferred", "derived", "shapes", "description")
#: Of which layers the merge is that rules read.
_MERGED: Final = ("ontology", "data", "inferred")
_READ: Final = (*_MERGED, "derived")
#: So much text is split at a time, so that it and its terms need not be in memory all at once.
_BATCH_BYTES: Final = 128_000_000
#: A line in which there is no end for so many bytes is a long one.
_WINDOW: Final = 1_000_000
#: A database of this kind has no threads but the caller's, which lets a process fork; it loads no extensions.
_CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "1",
    "async_threads": "0",
}
#: What a database holds in memory at most, if that is no more than half of the machine's; the rest goes to files.
_MOST_MEMORY: Final = 6_000_000_000
_STAGED: Final = """
CREATE OR REPLACE TEMP TABLE staged AS
SELECT
  w[1] AS s,
  w[2] AS p,
  array_to_string(w[3:-3 + (NOT named)::INTEGER], ' ') AS o,
  if(named, w[-2], '') AS g
FROM (
  SELECT w, len(w) > 4 AND NOT contains(w[-2], '"') AS named
  FROM (
    SELECT string_split(line, ' ') AS w
    FROM read_csv($file, columns = {{'line': 'VARCHAR'}}, auto_detect = false, header = false, delim = '\\x01',
      quote = '', escape = '', new_line = '\\n', max_line_size = {longest}, buffer_size = {buffer})))"""
#: Literals are numbered by themselves.
_NEW_TERMS: Final = f"""
INSERT INTO terms
SELECT row_number() OVER (PARTITION BY literal ORDER BY term) - 1 + if(literal, next_literal, next_other), term
FROM (
  SELECT term, term[1] = '"' AS literal
  FROM ({{found}}) AS found ANTI JOIN terms USING (term)),
(
  SELECT
    count(*) FILTER (id < {LITERALS}) AS next_other,
    count(*) FILTER (id >= {LITERALS}) + {LITERALS} AS next_literal
  FROM terms)"""
_FOUND: Final = (
    "SELECT s AS term FROM staged UNION SELECT p FROM staged UNION SELECT o FROM staged UNION SELECT g FROM staged"
)
_NUMBERED: Final = """
INSERT INTO incoming
SELECT s.id, p.id, o.id, g.id
FROM staged
JOIN terms AS s ON s.term = staged.s
JOIN terms AS p ON p.term = staged.p
JOIN terms AS o ON o.term = staged.o
JOIN terms AS g ON g.term = staged.g
ORDER BY staged.rowid"""
_ONCE: Final = """
CREATE OR REPLACE {kind} {layer} AS
SELECT s, p, o, g FROM (SELECT s, p, o, g, min(rowid) AS place FROM incoming GROUP BY s, p, o, g) ORDER BY place"""
#: The line of a statement in N-Quads; that of one in N-Triples is the line of one in the default graph.
_LINES: Final = """
SELECT concat(s.term, ' ', p.term, ' ', o.term, if(g.term = '', '', ' '), g.term, ' .') AS line
FROM ({statements}) AS statement
JOIN terms AS s ON s.id = statement.s
JOIN terms AS p ON p.id = statement.p
JOIN terms AS o ON o.id = statement.o
JOIN terms AS g ON g.id = statement.g
{order}"""
_COPY: Final = """
COPY ({lines}) TO $file (FORMAT csv, HEADER false, DELIMITER '\\x01', QUOTE '', ESCAPE '')"""


class Statements:
    """The tables of one build, empty at first. What is read by ``connection`` is described with the module."""

    def __init__(self) -> None:
        self._folder = Path(mkdtemp(prefix="ecp-graph-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self.connection = duckdb.connect(config=_CONFIG)
        self.connection.execute("SET memory_limit = $limit", {"limit": f"{memory_limit() // 1_000_000}MB"})
        self.connection.execute("SET temp_directory = $folder", {"folder": str(self._folder / "spilled")})
        self.connection.execute("SET allowed_directories = [$folder]", {"folder": f"{self._folder}/"})
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("CREATE TABLE terms (id BIGINT, term VARCHAR)")
        self.connection.execute("INSERT INTO terms VALUES ($number, '')", {"number": DEFAULT_GRAPH})
        for layer in LAYERS:
            self.connection.execute(f"CREATE TABLE {layer} (s BIGINT, p BIGINT, o BIGINT, g BIGINT)")
        self.connection.execute(f"CREATE VIEW quads AS {_union(_READ)}")
        self.connection.execute(f"CREATE VIEW triples AS SELECT s, p, o FROM ({_merged(_MERGED)})")

    @contextmanager
    def scratch(self) -> Iterator[None]:
        """Throw away the temporary tables that are made meanwhile."""
        before = self._temporary()
        try:
            yield
        finally:
            for table in self._temporary() - before:
                self.connection.execute(f'DROP TABLE "{table}"')

    def _temporary(self) -> set[str]:
        rows = self.connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
        return {name for (name,) in rows}

    @property
    def folder(self) -> Path:
        """A folder for files that do not outlive these tables; their database reads and writes no others."""
        return self._folder

    def load(self, layer: str, texts: Iterable[bytes]) -> None:
        """Make a layer anew, of the statements of some texts: N-Quads as Oxigraph writes them."""
        self.connection.execute(f"TRUNCATE {layer}")
        self._add(layer, texts)

    def put(self, layer: str, quads: Iterable[ox.Quad]) -> None:
        """Make a layer anew, of some quads."""
        self.load(layer, [ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""])

    def append(self, layer: str, quads: Iterable[ox.Quad]) -> None:
        """Add to a layer those of some quads that it does not have."""
        self._add(layer, [ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""])

    def stage_rows(self, table: str, lines: Iterable[str]) -> None:
        """Make a temporary table of statements, which is no layer, of lines of N-Quads as Oxigraph writes them."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} (s BIGINT, p BIGINT, o BIGINT, g BIGINT)")
        self._add(table, ["".join(f"{line}\n" for line in lines).encode()], kind="TEMP TABLE")

    def fill(self, table: str, columns: Mapping[str, Sequence[int]]) -> None:
        """Make a table of whole numbers out of its columns, which are of one length."""
        types = ", ".join(f"{name} BIGINT" for name in columns)
        values = ", ".join(f"unnest(${number}::BIGINT[])" for number in range(1, len(columns) + 1))
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} ({types})")
        self.connection.execute(f"INSERT INTO {table} SELECT {values}", list(columns.values()))

    @contextmanager
    def given(self, table: str, columns: Mapping[str, Sequence[int] | Sequence[str]]) -> Iterator[None]:
        """Let queries read a table of columns as long as the block lasts; of many rows, much sooner than parameters."""
        os.environ.setdefault(*NUMPY_ON_ONE)
        import numpy as np

        kinds = {name: None if values and isinstance(values[0], int) else object for name, values in columns.items()}
        self.connection.register(table, {name: np.array(columns[name], dtype=kind) for name, kind in kinds.items()})
        try:
            yield
        finally:
            self.connection.unregister(table)

    def numbers(self, terms: Iterable[str]) -> dict[str, int]:
        """Return the numbers of terms in the syntax of N-Triples, new ones for those that have none."""
        given = list(dict.fromkeys(terms))
        self.connection.execute(
            _NEW_TERMS.format(found="SELECT DISTINCT unnest($terms::VARCHAR[]) AS term"), {"terms": given}
        )
        asked = "SELECT term, id FROM terms SEMI JOIN (SELECT unnest($terms::VARCHAR[]) AS term) USING (term)"
        return dict(self.connection.execute(asked, {"terms": given}).fetchall())

    def add_terms(self, select: str) -> None:
        """Give numbers to the terms that a SELECT gives, each once, in its column ``term``."""
        self.connection.execute(_NEW_TERMS.format(found=select))

    def terms(self, numbers: Iterable[int]) -> dict[int, OxTerm]:
        """Return the terms of numbers; one that was not given out is left out."""
        asked = "SELECT id, term FROM terms SEMI JOIN (SELECT unnest($numbers::BIGINT[]) AS id) USING (id)"
        rows = self.connection.execute(asked, {"numbers": list(set(numbers))}).fetchall()
        found = parsed_terms([term for _, term in rows])
        return {number: term for (number, _), term in zip(rows, found, strict=True)}

    def count(self, layer: str) -> int:
        """Return how many statements a layer has."""
        found: int = self.connection.execute(f"SELECT count(*) FROM {layer}").fetchall()[0][0]
        return found

    def quads(self, *layers: str) -> list[ox.Quad]:
        """Return the statements of layers, one layer after the other."""
        return [quad for layer in layers for quad in ox.parse(self.text([layer]), format=ox.RdfFormat.N_QUADS)]

    def selected(self, query: str, values: Mapping[str, object] | None = None) -> list[ox.Quad]:
        """Return the statements that a query selects: the numbers of their terms as columns s, p, o and g."""
        rows = self.connection.execute(
            f"SELECT s.term, p.term, o.term, g.term FROM ({query}) AS found JOIN terms AS s ON s.id = found.s"
            " JOIN terms AS p ON p.id = found.p JOIN terms AS o ON o.id = found.o JOIN terms AS g ON g.id = found.g",
            values,
        ).fetchall()
        return list(ox.parse("".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in rows), format=ox.RdfFormat.N_QUADS))

    def text(self, layers: Sequence[str], *, graphs: bool = True) -> bytes:
        """Return the statements of layers as N-Quads in their order; without ``graphs`` as `write_triples` does."""
        if graphs:
            path = self._copy("text", _union(layers, rest=", rowid AS place"), "ORDER BY place")
        else:
            path = self.write_triples(layers, "text")
        content = path.read_bytes()
        path.unlink()
        return content

    def write_triples(self, layers: Sequence[str], name: str) -> Path:
        """Write each triple of layers once as N-Triples, by property, into a file that stays as long as the tables."""
        return self._copy(name, _merged(layers), "ORDER BY statement.p")

    def write_sorted(self, layers: Sequence[str]) -> Path:
        """Write the statements of layers as N-Quads, each once, in the order of their lines, into a file to move."""
        return self._copy("sorted", f"SELECT DISTINCT * FROM ({_union(layers)})", "ORDER BY line")

    def write(self, query: str, name: str) -> Path:
        """Write the statements whose numbers a query gives (s, p, o, g) as N-Quads, in any order, into such a file."""
        return self._copy(name, query)

    def write_rows(self, select: str, name: str) -> Path:
        """Write the rows of a SELECT as Parquet into a file of this name, which stays as long as the tables do."""
        path = self._folder / f"{name}.parquet"
        self.connection.execute(f"COPY ({select}) TO $file (FORMAT parquet)", {"file": str(path)})
        return path

    def _add(self, layer: str, texts: Iterable[bytes], *, kind: str = "TABLE") -> None:
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE incoming AS FROM {layer}")
        for batch in _batches(texts):
            self._stage(batch)
            self.connection.execute(_NEW_TERMS.format(found=_FOUND))
            self.connection.execute(_NUMBERED)
        self.connection.execute("DROP TABLE IF EXISTS staged")
        self.connection.execute(_ONCE.format(layer=layer, kind=kind))
        self.connection.execute("DROP TABLE incoming")

    def _copy(self, name: str, statements: str, order: str = "") -> Path:
        path = self._folder / name
        lines = _LINES.format(statements=statements, order=order)
        self.connection.execute(_COPY.format(lines=lines), {"file": str(path)})
        return path

    def _stage(self, text: bytes) -> None:
        path = self._folder / "staged.nq"
        path.write_bytes(text)
        longest = _longest(text)
        buffer = max(longest, min(len(text), 32 * _WINDOW))
        self.connection.execute(_STAGED.format(longest=longest, buffer=buffer), {"file": str(path)})
        path.unlink()


def parsed_terms(texts: Sequence[str]) -> list[OxTerm]:
    """Return the terms that are written in the syntax of N-Triples."""
    lines = "".join(f"<urn:s> <urn:p> {text} .\n" for text in texts)
    return [cast(OxTerm, triple.object) for triple in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)]


def memory_limit() -> int:
    """Return how many bytes the tables of a build take at most in memory; what is more goes to files."""
    try:
        return min(_MOST_MEMORY, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)
    except (AttributeError, ValueError, OSError):  # not on this system
        return _MOST_MEMORY


def _union(layers: Iterable[str], *, rest: str = "") -> str:
    return " UNION ALL ".join(f"SELECT s, p, o, g{rest} FROM {layer}" for layer in layers)


def _merged(layers: Iterable[str]) -> str:
    """Return what selects each triple of some layers once, in the default graph."""
    return f"SELECT DISTINCT s, p, o, {DEFAULT_GRAPH} AS g FROM ({_union(layers)})"


def _batches(texts: Iterable[bytes]) -> Iterator[bytes]:
    batch: list[bytes] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size > _BATCH_BYTES:
            yield b"".join(batch)
            batch, size = [], 0
    if size:
        yield b"".join(batch)


def _longest(text: bytes) -> int:
    """Return a number of bytes that no line of a text is longer than."""
    starts = range(0, len(text), _WINDOW)
    is_short = all(text.find(b"\n", start, start + _WINDOW) >= 0 for start in starts)
    return 2 * _WINDOW if is_short else max(len(text), 2 * _WINDOW)
