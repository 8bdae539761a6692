"""A thing as shown on its page: names, classes, definition, and statements grouped by property, with their passages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from ecp_graph.languages import preference
from ecp_graph.namespaces import ECP, PREFIXES, compact, expand, names
from ecp_graph.reasoning import Source
from ecp_graph.sparql.results import Table, Term

__all__ = ["Entity", "Group", "Value", "entity_of"]

Direction = Literal["from", "to"]

_SKOS, _RDFS, _DCTERMS = PREFIXES["skos"], PREFIXES["rdfs"], PREFIXES["dcterms"]
_TYPE: Final = PREFIXES["rdf"] + "type"
#: What a thing is called, the best first.
_TITLES: Final = (
    _SKOS + "prefLabel",
    _DCTERMS + "title",
    PREFIXES["foaf"] + "name",
    _RDFS + "label",
)
#: What is written of a thing that has no name.
_WORDS: Final = (ECP + "timeframeText", ECP + "locator")
_VARIANTS: Final = (_SKOS + "notation", _SKOS + "altLabel", _SKOS + "hiddenLabel")
_DEFINITIONS: Final = (_SKOS + "definition", _DCTERMS + "description", _RDFS + "comment", _SKOS + "scopeNote")


@dataclass(frozen=True, eq=False)
class Value:
    """One statement from the point of view of the thing: the other term, its name, and the passages that state it.

    ``name`` has the code of the other thing with it, ``bare`` is the name alone. Compared by identity, because pages
    look up hundreds of values.
    """

    direction: Direction
    predicate: str
    other: Term
    name: str
    sources: tuple[Source, ...]
    bare: str = ""

    @property
    def text(self) -> str:
        """What is shown for the other term: its name, else its short form."""
        return self.name or self.other.text

    @property
    def is_stated(self) -> bool:
        """Whether some passage, or another authored graph, states it."""
        return bool(self.stated)

    @cached_property
    def stated(self) -> tuple[Source, ...]:
        """The graphs that have it because somebody wrote it, not because the build found it."""
        return tuple(source for source in self.sources if not names().is_added(source.graph))

    @property
    def certainty(self) -> str:
        """The certainty of a statement that the build inferred; empty for any other."""
        return next((source.certainty for source in self.sources if names().is_inferred(source.graph)), "")


@dataclass(frozen=True)
class Group:
    """The values of one property in one direction, ordered by text."""

    direction: Direction
    predicate: str
    label: str
    values: tuple[Value, ...]

    @property
    def term(self) -> Term:
        """The property as a term."""
        return Term("iri", self.predicate)


@dataclass(frozen=True)
class Entity:
    """One thing: its IRI and all statements about it, in groups ordered by label.

    ``overlaps`` are the IRIs of those that it takes part in: a table of the page shows them. ``called`` is what it is
    called when it states no name. ``language`` is the tag of the title's language, empty where it has none.
    """

    iri: str
    groups: tuple[Group, ...]
    overlaps: frozenset[str] = frozenset()
    called: str = ""
    title: str = field(init=False)
    language: str = field(init=False)

    def __post_init__(self) -> None:
        title = next(iter(self._of(_TITLES) or self._of(_WORDS)), None)
        object.__setattr__(self, "title", title.other.value if title else self.called or compact(self.iri))
        object.__setattr__(self, "language", title.other.language if title else "")

    def values_of(self, name: str, direction: Direction = "from") -> tuple[Value, ...]:
        """Return the values of a property, in the order of their texts.

        The property is a curie, or the local name of one of the ontology's. ``to``: the things that have this one as a
        value of the property.
        """
        wanted = expand(name) if ":" in name else ECP + name
        found = (group for group in self.groups if (group.direction, group.predicate) == (direction, wanted))
        return next((group.values for group in found), ())

    def label_of(self, value: Value) -> str:
        """Return the words of the property of one of its values."""
        return next((group.label for group in self.groups if group.predicate == value.predicate), value.predicate)

    @property
    def kinds(self) -> list[Value]:
        """Its classes, the stated ones first."""
        return sorted(self._of((_TYPE,)), key=lambda value: not value.is_stated)

    @property
    def names(self) -> list[Value]:
        """Its names and codes, the name that the page bears first."""
        return self._of((*_TITLES, *_VARIANTS))

    @property
    def definitions(self) -> list[Value]:
        """What it is, in words."""
        return self._of(_DEFINITIONS)

    @property
    def stated(self) -> list[Group]:
        """What is stated of it, without names and definitions."""
        return self._groups("from", stated=True)

    @property
    def pointing(self) -> list[Group]:
        """What is stated of others and points to it."""
        return self._groups("to", stated=True)

    @cached_property
    def following(self) -> list[Group]:
        """What follows by the ontology or was found by the build, both ways; its kinds among it.

        Left out is what the page shows elsewhere: its overlaps, and the passages that are beside each statement.
        """
        return [*self._groups("from", stated=False), *self._groups("to", stated=False)]

    @cached_property
    def _shown_elsewhere(self) -> set[str]:
        graphs = {source.graph for group in self.groups for value in group.values for source in value.sources}
        return graphs | self.overlaps

    def _of(self, properties: Sequence[str]) -> list[Value]:
        found = {group.predicate: group.values for group in self.groups if group.direction == "from"}
        of_each = (sorted(found.get(name, ()), key=_by_language) for name in properties)
        return [value for values in of_each for value in values]

    def _groups(self, direction: Direction, *, stated: bool) -> list[Group]:
        apart = {*_TITLES, *_VARIANTS, *_DEFINITIONS} if direction == "from" else set()
        elsewhere = set() if stated else self._shown_elsewhere
        found = []
        for group in self.groups:
            values = tuple(v for v in group.values if v.is_stated == stated and v.other.value not in elsewhere)
            if group.direction == direction and values and group.predicate not in apart:
                found.append(Group(direction, group.predicate, group.label, values))
        return found


def entity_of(iri: str, table: Table, overlaps: Iterable[str] = (), called: Callable[[str], str] = compact) -> Entity:
    """Return the thing with this IRI from the rows of the query ``thing-statements``; ``overlaps`` are IRIs.

    ``called`` returns the name of a thing that the rows do not name.
    """
    known: dict[tuple[Direction, str, Term], tuple[str, str, dict[Source, None]]] = {}
    labels: dict[str, str] = {_TYPE: "is a"}
    at = {name: number for number, name in enumerate(table.columns)}
    for row in table.rows:
        direction, property_, other, graph = (row[at[c]] for c in ("direction", "property", "other", "graph"))
        if direction is None or property_ is None or other is None or graph is None:
            continue
        name, code, locator, certainty = (
            _text(row[at[column]]) for column in ("otherName", "otherCode", "locator", "certainty")
        )
        if not name and other.kind == "iri":
            name = called(other.value)
        labels.setdefault(property_.value, _text(row[at["propertyName"]]) or property_.text)
        way: Direction = "to" if direction.value == "to" else "from"
        entry = known.setdefault((way, property_.value, other), (_with_code(name, code), name, {}))
        entry[2][Source(graph.value, locator, certainty)] = None
    values = [
        Value(way, p, other, name, tuple(sources), bare) for (way, p, other), (name, bare, sources) in known.items()
    ]
    return Entity(iri, tuple(_grouped(values, labels)), frozenset(overlaps), called(iri))


def _grouped(values: Iterable[Value], labels: dict[str, str]) -> list[Group]:
    groups: dict[tuple[str, str, Direction], list[Value]] = {}
    for value in values:
        groups.setdefault((labels[value.predicate], value.predicate, value.direction), []).append(value)
    return [
        Group(way, property_, label, tuple(sorted(found, key=lambda value: _natural(value.text))))
        for (label, property_, way), found in sorted(groups.items(), key=lambda item: item[0])
    ]


def _by_language(value: Value) -> int:
    return preference(value.other.language)


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Return a key by which "action 9" comes before "action 10"."""
    import re

    return [(0, int(part), "") if part.isdigit() else (1, 0, part.casefold()) for part in re.findall(r"\d+|\D+", text)]


def _with_code(name: str, code: str) -> str:
    """Return the name with the code of the thing, where the code says more than the name."""
    says_more = name and code and code.replace("-", " ").casefold() not in name.casefold()
    return f"{name} ({code})" if says_more else name


def _text(term: Term | None) -> str:
    return term.value if term else ""
