"""Statements with their evidence: each in the reading of the passage that it was taken from, at its certainty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias, get_args

import pyoxigraph as ox

from ecp_graph.documents.text import text_hash
from ecp_graph.namespaces import CONCEPTS, ECP, PREFIXES
from ecp_graph.plans.rows import Cell
from ecp_graph.plans.writing.minting import slug_of
from ecp_graph.plans.writing.texts import clean

__all__ = ["Certainty", "Evidence", "Place", "Value", "cell_place", "iri", "row_place"]

Certainty: TypeAlias = Literal["verbatim", "normalised", "external", "interpreted"]
Value: TypeAlias = ox.NamedNode | ox.Literal

_CERTAINTIES: Final[tuple[Certainty, ...]] = get_args(Certainty)
_TYPE: Final = PREFIXES["rdf"] + "type"


@dataclass(frozen=True)
class Place:
    """A passage: its slug in its document, its kind, its locator in words, and its selectors (property, value)."""

    slug: str
    kind: str
    locator: str
    selectors: tuple[tuple[str, str | int], ...] = ()


@lru_cache(maxsize=65536)
def iri(name: str) -> ox.NamedNode:
    """Return the node of an IRI, or of a name with a prefix of the vocabularies, such as ``ecp:Action``."""
    prefix, colon, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local if colon and prefix in PREFIXES else name)


def cell_place(cell: Cell, *, is_only_table: bool) -> Place:
    """Return the passage of a cell; of a heading outside tables where the cell has no row."""
    if not cell.row:
        return Place(slug_of(cell.locator), "heading", clean(cell.locator), (("textHash", text_hash(cell.text)),))
    selectors = [*_of_table(cell), ("columnNumber", cell.column)]
    if cell.sheet:
        selectors.append(("cellReference", cell.locator.rpartition("!")[2]))
    selectors.append(("textHash", text_hash(cell.text)))
    slug = f"{_table_slug(cell, is_only_table)}row-{cell.row}-column-{cell.column}"
    return Place(slug, "cell", clean(cell.locator), tuple(selectors))


def row_place(cell: Cell, locator: str, *, is_only_table: bool) -> Place:
    """Return the passage of the row in which a cell is."""
    slug = f"{_table_slug(cell, is_only_table)}row-{cell.row}" if cell.row else slug_of(locator)
    return Place(slug, "row", clean(locator), tuple(_of_table(cell)) if cell.row else ())


class Evidence:
    """Collects statements by passage and certainty, and gives them as quads that describe their readings too."""

    def __init__(self, base: str, document: str) -> None:
        """Begin without statements; ``document`` is the slug of the document in which the passages are."""
        self._graphs = f"{base}graph/{document}/"
        self._passages = f"{base}id/passage/{document}/"
        self._document = iri(f"{base}id/document/{document}")
        self._held: dict[Place, dict[Certainty, dict[tuple[str, str, Value], None]]] = {}

    def state(self, place: Place, certainty: Certainty, subject: str, predicate: str, value: Value | str) -> None:
        """Add a statement; a value that is a string is an IRI or a name with a prefix."""
        node = iri(value) if isinstance(value, str) else value
        self._held.setdefault(place, {}).setdefault(certainty, {})[subject, predicate, node] = None

    def quads(self) -> Iterator[ox.Quad]:
        """Yield all statements, passage by passage, the strongest reading first."""
        for place, readings in self._held.items():
            passage = ox.NamedNode(self._passages + place.slug)
            for number, certainty in enumerate(each for each in _CERTAINTIES if each in readings):
                suffix = "" if certainty in ("verbatim", "external") else f"-{certainty}"
                graph = ox.NamedNode(f"{self._graphs}{place.slug}{suffix}")
                yield ox.Quad(graph, iri("rdf:type"), iri("ecp:Reading"), graph)
                yield ox.Quad(graph, iri("ecp:readingOf"), passage, graph)
                yield ox.Quad(graph, iri("ecp:certainty"), iri(f"{CONCEPTS}certainty-{certainty}"), graph)
                if number == 0:
                    yield from self._described(place, passage, graph)
                for subject, predicate, value in readings[certainty]:
                    yield ox.Quad(iri(subject), iri(predicate), value, graph)

    def _described(self, place: Place, passage: ox.NamedNode, graph: ox.NamedNode) -> Iterator[ox.Quad]:
        yield ox.Quad(passage, iri(_TYPE), iri("ecp:SourcePassage"), graph)
        yield ox.Quad(passage, iri("ecp:passageOf"), self._document, graph)
        yield ox.Quad(passage, iri("ecp:passageKind"), iri(f"{CONCEPTS}passage-{place.kind}"), graph)
        yield ox.Quad(passage, iri("ecp:locator"), ox.Literal(place.locator), graph)
        for name, value in place.selectors:
            yield ox.Quad(passage, iri(ECP + name), ox.Literal(value), graph)


def _of_table(cell: Cell) -> list[tuple[str, str | int]]:
    where: tuple[str, str | int] = ("sheetName", clean(cell.sheet)) if cell.sheet else ("tableNumber", cell.table)
    return [where, ("rowNumber", cell.row)]


def _table_slug(cell: Cell, is_only_table: bool) -> str:
    if is_only_table:
        return ""
    return f"{slug_of(cell.sheet)}-" if cell.sheet else f"table-{cell.table}-"
