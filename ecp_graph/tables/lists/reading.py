"""Reads the lists of a release: answers to queries of the catalogue, counted and paged, without asking an engine."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from ecp_graph.queries.catalogue import Query
from ecp_graph.queries.names import Named
from ecp_graph.sparql.results import Table, Term
from ecp_graph.tables.lists.cells import texts_of, unpacked
from ecp_graph.tables.lists.sql import Twin, hash_of, narrowed, twins
from ecp_graph.tables.lists.wanted import Wanted

__all__ = ["Alike", "Cells", "Compared", "Lists", "Part", "Row"]

_INTEGER: Final = "http://www.w3.org/2001/XMLSchema#integer"
#: Follows the name of a column of a twin that has the language of another column.
_LANGUAGE: Final = "@"
#: Values in one statement; SQLite takes 32,766.
_AT_ONCE: Final = 10_000

#: A row of an answer; an unbound cell is None.
Cells = tuple[Term | None, ...]


@dataclass(frozen=True)
class Alike:
    """So many findings on one pair that are alike in their marks: what the cells of a matrix are counted from."""

    member_a: str
    member_b: str
    cause_kind: str
    kind: str
    grade: str
    certainty: str
    number: int


@dataclass(frozen=True)
class Row:
    """A finding of overlap that is a row of the tables and no node of the graph: IRIs, and marks by their notations.

    ``evidence`` is the hash of what it rests on; ``score``, in thousandths, and ``shared_words`` are of actions that
    were compared.
    """

    iri: str
    name: str
    language: str
    members: tuple[str, str]
    cause: str
    kind: str
    grade: str
    certainty: str
    things: tuple[str, ...]
    actions: tuple[str, ...]
    readings: tuple[str, ...]
    evidence: str = ""
    score: int | None = None
    shared_words: str = ""


@dataclass(frozen=True)
class Part:
    """One part of a score: its points in thousandths, below zero where it takes away, and what it rests on."""

    name: str
    points: int
    because: str


@dataclass(frozen=True)
class Compared:
    """How two actions of different plans were compared: the score, the parts that add up to it, and the reasons.

    The sides of the reasons are ``for``, ``against`` and ``question``.
    """

    score: int
    parts: tuple[Part, ...]
    reasons: Mapping[str, Sequence[str]]


class Lists:
    """The lists of one release. Any thread may read them, each through a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self.has_findings: Final = self._one("SELECT count(*) FROM finding") > 0
        self.has_names: Final = self._one("SELECT count(*) FROM entry") > 0
        self._answers: Final = {
            (name, given): (number, body, tuple(json.loads(columns)), rows)
            for number, name, body, given, columns, rows in self._read("SELECT * FROM answer")
        }

    # ------------------------------------------------------------ answers

    def answer(self, query: Query, given: Mapping[str, Any], most: int = -1, skip: int = 0) -> Table | None:
        """Return the first so many rows of a query after some others, and how many there are in all.

        IRIs are given in full. None where the lists do not hold the answer: the query is another than the one that they
        were made of or are a twin of, or one with other values.
        """
        if (stored := self._stored(query, given)) is not None:
            number, columns, total = stored
            return Table(columns, tuple(self._rows_of(number, skip, most)), total=total)
        if not self.counts(query):
            return None
        twin, values = twins()[query.name], _values(query, given)
        columns, found = self._asked(twin, values, most, skip)
        rows = tuple(found)
        if rows or not skip:
            return Table(columns, tuple(cells for _, cells in rows), total=rows[0][0] if rows else 0)
        return Table(columns, (), total=self._one(f"SELECT count(*) FROM ({narrowed(twin.rows, values)})", values))

    def stream(self, query: Query, given: Mapping[str, Any]) -> tuple[tuple[str, ...], Iterator[Cells]] | None:
        """Return the columns and an iterator over all rows of an answer, for very many; None as `answer` does."""
        if (stored := self._stored(query, given)) is not None:
            number, columns, _ = stored
            return columns, self._rows_of(number)
        if not self.counts(query):
            return None
        columns, found = self._asked(twins()[query.name], _values(query, given))
        return columns, (cells for _, cells in found)

    def holds(self, query: Query, given: Mapping[str, Any]) -> bool:
        """Whether `answer` has the answer to a query with these values."""
        return self._stored(query, given) is not None or self.counts(query)

    def _stored(self, query: Query, given: Mapping[str, Any]) -> tuple[int, tuple[str, ...], int] | None:
        stored = self._answers.get((query.name, json.dumps(dict(given), sort_keys=True)))
        return (stored[0], stored[2], stored[3]) if stored and stored[1] == query.body else None

    def _rows_of(self, answer: int, skip: int = 0, most: int = -1) -> Iterator[Cells]:
        sql = "SELECT cells FROM answer_row WHERE answer = ? AND place >= ? ORDER BY place LIMIT ?"
        return (unpacked(cells) for (cells,) in self._read(sql, (answer, skip, most)))

    def _asked(
        self, twin: Twin, values: Mapping[str, str | None], most: int = -1, skip: int = 0
    ) -> tuple[tuple[str, ...], Iterator[tuple[int, Cells]]]:
        """Return the columns, and some rows, each with the number of all that there are."""
        numbered = "row_number() OVER () AS place, count(*) OVER () AS every"
        some = f"SELECT {numbered}, * FROM ({narrowed(twin.rows, values)}) LIMIT :most OFFSET :skip"
        sql = f"WITH chosen AS MATERIALIZED ({some}) SELECT (SELECT max(every) FROM chosen), {twin.shown}"
        found = self._connection.execute(sql, {**values, "most": most, "skip": skip})
        names = [column[0] for column in found.description]
        columns = tuple(name for name in names[1:] if not name.endswith(_LANGUAGE))
        at = {name: place for place, name in enumerate(names)}
        read = [(at[name], at.get(name + _LANGUAGE), name in twin.iris) for name in columns]
        return columns, ((row[0], tuple(_term(row, *each) for each in read)) for row in found)

    def counts(self, query: Query) -> bool:
        """Whether the findings that `alike` counts are the rows of a query; it has a twin for that."""
        twin = twins().get(query.name)
        return self.has_findings and twin is not None and twin.of == hash_of(query)

    def alike(self, wanted: Wanted) -> Iterator[Alike]:
        """Yield how many of the findings each pair has, those apart that differ in a mark."""
        sql = f"""
SELECT a.iri, b.iri, cause_kind, kind, grade, certainty, number FROM (
  SELECT member_a, member_b, cause_kind, kind, grade, certainty, count(*) AS number FROM finding
  WHERE {wanted.condition}
  GROUP BY member_a, member_b, cause_kind, kind, grade, certainty
) JOIN term AS a ON a.id = member_a JOIN term AS b ON b.id = member_b"""
        return (Alike(*row) for row in self._read(sql, wanted.values))

    def numbers(self, wanted: Wanted) -> dict[tuple[str, str], int]:
        """Return how many of the findings each pair has."""
        sql = f"SELECT member_a, member_b FROM finding INDEXED BY finding_dimension WHERE {wanted.condition}"
        counts = Counter(self._read(sql, wanted.values))
        things = json.dumps(list({thing for pair in counts for thing in pair}))
        iris = dict(self._read("SELECT term.id, iri FROM json_each(?) JOIN term ON term.id = value", (things,)))
        return {(iris[one], iris[other]): number for (one, other), number in counts.items()}

    def between(self, member: str, other: str) -> list[Alike]:
        """Return the same for the findings on two things."""
        sql = """
SELECT :member, :other, cause_kind, kind, grade, certainty, count(*) FROM finding
WHERE member_a IN (SELECT id FROM term WHERE iri IN (:member, :other))
  AND member_b IN (SELECT id FROM term WHERE iri IN (:member, :other))
GROUP BY cause_kind, kind, grade, certainty"""
        return [Alike(*row) for row in self._read(sql, {"member": member, "other": other})]

    def plan_pairs(self) -> Iterator[tuple[str, str, str, int]]:
        """Yield two plans (IRIs), a kind, and how many findings of that kind are on an action of either."""
        sql = """
SELECT a.iri, b.iri, kind, number FROM (
  SELECT min(plan_a, plan_b) AS one, max(plan_a, plan_b) AS other, kind, count(*) AS number
  FROM finding WHERE dimension = 'action' AND plan_a != plan_b GROUP BY 1, 2, 3
) JOIN term AS a ON a.id = one JOIN term AS b ON b.id = other"""
        return self._read(sql)

    def pairs_on(self, thing: str, dimension: str, with_everywhere: bool, plan: str = "") -> int:
        """Return how many pairs of a dimension have a finding on a thing, or one that actions of a plan show."""
        sql = """
SELECT count(*) FROM (
  SELECT DISTINCT member_a, member_b
  FROM finding_thing JOIN finding ON finding.id = finding_thing.finding
  JOIN term AS a ON a.id = member_a JOIN term AS b ON b.id = member_b
  WHERE finding_thing.thing = (SELECT id FROM term WHERE iri = :thing) AND dimension = :dimension
    AND (:everywhere OR NOT a.is_everywhere AND NOT b.is_everywhere)
    AND (:plan = '' OR EXISTS (
      SELECT 1 FROM finding_action AS f JOIN action ON action.id = f.action
      WHERE f.finding = finding.id AND action.plan = :plan)))"""
        given = {"thing": thing, "dimension": dimension, "everywhere": with_everywhere, "plan": plan}
        return int(self._one(sql, given))

    def row(self, iri: str) -> Row | None:
        """Return the finding with an IRI where it is a row of the tables alone; None for a node and anything else."""
        sql = """
SELECT finding.id, finding.name, finding.language, a.iri, b.iri, c.iri, kind, grade, certainty,
  evidence, score, shared_words
FROM finding
JOIN term AS a ON a.id = member_a JOIN term AS b ON b.id = member_b JOIN term AS c ON c.id = cause
WHERE finding.iri = ? AND NOT is_node"""
        for number, name, language, one, other, cause, kind, grade, certainty, *rest in self._read(sql, (iri,)):
            things, actions, readings = (self._of_finding(number, column) for column in ("thing", "action", "reading"))
            marks, (evidence, score, words) = (kind, grade, certainty), rest
            found = Row(iri, name, language or "", (one, other), cause, *marks, things, actions, readings)
            return replace(found, evidence=evidence or "", score=score, shared_words=words or "")
        return None

    def compared(self, iri: str) -> Compared | None:
        """Return how the two actions of a finding were compared; None where they were not."""
        sql = "SELECT id, score FROM finding WHERE iri = ? AND score IS NOT NULL"
        for number, score in self._read(sql, (iri,)):
            parts = self._read(
                "SELECT part, points, because FROM finding_part WHERE finding = ? ORDER BY place", (number,)
            )
            reasons: dict[str, list[str]] = {}
            told = "SELECT side, reason FROM finding_reason WHERE finding = ? ORDER BY side, place"
            for side, reason in self._read(told, (number,)):
                reasons.setdefault(side, []).append(reason)
            return Compared(score, tuple(Part(*part) for part in parts), reasons)
        return None

    def questions(self, findings: Sequence[str]) -> dict[str, list[str]]:
        """Return what those who decide have to settle, of each of these findings that leaves something to them."""
        found: dict[str, list[str]] = {}
        for start in range(0, len(findings), _AT_ONCE):
            some = findings[start : start + _AT_ONCE]
            sql = f"""
SELECT iri, reason FROM finding JOIN finding_reason ON finding = finding.id
WHERE side = 'question' AND iri IN ({", ".join("?" * len(some))}) ORDER BY iri, place"""
            for iri, reason in self._read(sql, some):
                found.setdefault(iri, []).append(reason)
        return found

    def _of_finding(self, number: int, column: str) -> tuple[str, ...]:
        sql = f"SELECT iri FROM finding_{column} JOIN term ON term.id = {column} WHERE finding = ? ORDER BY iri"
        return tuple(iri for (iri,) in self._read(sql, (number,)))

    def findings_among(self, iris: Iterable[str]) -> set[str]:
        """Return which of these are findings of overlap."""
        wanted = list(dict.fromkeys(iris))
        found: set[str] = set()
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            found.update(iri for (iri,) in self._read(f"SELECT iri FROM finding WHERE iri IN ({marks})", some))
        return found

    @cached_property
    def kinds_of_findings(self) -> list[tuple[str, str, str]]:
        """The dimension, kind and grade of findings, each combination once."""
        return list(
            self._read(
                "SELECT DISTINCT dimension, kind, grade FROM finding WHERE dimension IS NOT NULL ORDER BY 1, 2, 3"
            )
        )

    @cached_property
    def kinds_of_things(self) -> list[tuple[str, str]]:
        """The dimensions of findings with the kinds of things that they are on."""
        sql = """
SELECT DISTINCT dimension, finding_thing.kind FROM finding_thing JOIN finding ON finding.id = finding
WHERE dimension IS NOT NULL AND finding_thing.kind IS NOT NULL ORDER BY 1, 2"""
        return list(self._read(sql))

    def findings(self) -> tuple[int, int]:
        """Return how many findings are nodes of the graph, and how many are rows of the tables alone."""
        return self._counted

    @cached_property
    def _counted(self) -> tuple[int, int]:
        nodes, every = next(self._read("SELECT count(*) FILTER (WHERE is_node), count(*) FROM finding"))
        return nodes, every - nodes

    def texts(self, query: Query, columns: Sequence[str]) -> Iterator[tuple[str, ...]] | None:
        """Return columns of a stored answer as texts, an unbound cell as an empty one; None where it is not held."""
        stored = self._answers.get((query.name, "{}"))
        if stored is None or stored[1] != query.body:
            return None
        at = [stored[2].index(name) for name in columns]
        rows = self._read("SELECT cells FROM answer_row WHERE answer = ? ORDER BY place", (stored[0],))
        return (texts_of(cells, at) for (cells,) in rows)

    # ------------------------------------------------------------ names

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """Return the label of each of these that has one."""
        wanted = list(dict.fromkeys(iris))
        found: dict[str, str] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            found.update(self._read(f"SELECT iri, label FROM entry WHERE iri IN ({marks})", some))
        return found

    def named(self, iri: str) -> Named | None:
        """Return what goes by that IRI, or None."""
        return next((each for each, _ in self._entries("WHERE iri = ?", (iri,))), None)

    def entries(self) -> Iterator[Named]:
        """Yield everything with a name, the shortest labels first."""
        return (each for each, _ in self._entries("ORDER BY id"))

    def holding(self, parts: Sequence[str], most: int) -> list[tuple[Named, str]]:
        """Return entries in whose line each part occurs, with the line, the shortest labels first."""
        indexed = " ".join('"' + part.replace('"', '""') + '"' for part in parts if len(part) >= 3)
        rest = [part for part in parts if len(part) < 3]
        by_index = "id IN (SELECT rowid FROM part WHERE part MATCH ? ORDER BY rowid)" if indexed else "1"
        where = " AND ".join([by_index, *("instr(line, ?)" for _ in rest)])
        return list(self._entries(f"WHERE {where} ORDER BY id LIMIT ?", (*filter(None, [indexed]), *rest, most)))

    def of_code(self, code: str) -> list[tuple[Named, str]]:
        """Return the entries that have a code, folded as for a search."""
        return list(self._entries("WHERE id IN (SELECT entry FROM code WHERE code = ?) ORDER BY id", (code,)))

    def words(self) -> list[str]:
        """Return all words that names consist of, in the order of the alphabet."""
        return [word for (word,) in self._read("SELECT word FROM word ORDER BY word")]

    def iris(self) -> Iterator[str]:
        """Yield the IRIs of everything with a name, the shortest labels first."""
        return (iri for (iri,) in self._read("SELECT iri FROM entry ORDER BY id"))

    def _entries(self, rest: str, values: Sequence[Any] = ()) -> Iterator[tuple[Named, str]]:
        sql = f"SELECT iri, kind, label, codes, others, hidden, is_made, line FROM entry {rest}"
        for iri, kind, label, codes, others, hidden, is_made, line in self._read(sql, values):
            yield Named(iri, kind, label, _texts(codes), _texts(others), _texts(hidden), bool(is_made)), line

    # ------------------------------------------------------------ the file

    @property
    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._local, "connection"):
            address = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
            self._local.connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        return self._local.connection  # type: ignore[no-any-return]

    def _read(self, sql: str, values: Any = ()) -> Iterator[Any]:
        return iter(self._connection.execute(sql, values))

    def _one(self, sql: str, values: Any = ()) -> Any:
        return next(self._read(sql, values))[0]


def _texts(told: str) -> tuple[str, ...]:
    """Return the texts of a JSON array, which for most names is empty."""
    return () if told == "[]" else tuple(json.loads(told))


def _values(query: Query, given: Mapping[str, Any]) -> dict[str, str | None]:
    return {each.name: given.get(each.name) or each.default for each in query.parameters}


def _term(row: Sequence[Any], at: int, language_at: int | None, is_iri: bool) -> Term | None:
    value = row[at]
    if value is None:
        return None
    if isinstance(value, int):
        return Term("literal", str(value), _INTEGER)
    language = row[language_at] if language_at is not None else None
    return Term("iri", value) if is_iri else Term("literal", value, language=language or "")
