"""Faceted filtering: the things that match the selected values, and the number of matches for each further value.

A facet is a property or a chain of properties. Values of one facet are combined with OR, facets with AND. The things of
a value are the bits of an integer, so a count is a single AND, even for 10,000 things.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from ecp_graph.namespaces import compact

__all__ = ["NOT_STATED", "Facet", "Facets", "Narrowed", "Value", "facets_of", "positions"]

#: The key of the value that things have of which a facet says nothing.
NOT_STATED: Final = "not-stated"
#: A number as chapters have it: 3, 2.1.
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True)
class Value:
    """One value of a facet: the key that names it in an address, its code (may be empty), its name and its things."""

    key: str
    code: str
    name: str
    iri: str
    things: int

    @property
    def total(self) -> int:
        """How many things have it."""
        return self.things.bit_count()

    @property
    def has_code(self) -> bool:
        """Whether people know it by its code: by PTC or 5, but not by a code that only repeats the name."""
        return bool(self.code) and self.code == self.code.upper()

    @property
    def short(self) -> str:
        """The code that people know it by, or else the name."""
        return self.code if self.has_code else self.name

    @property
    def is_named(self) -> bool:
        """Whether it is a thing of the graph; things not stated and bodies not named are none."""
        return bool(self.iri) and self.key != NOT_STATED


@dataclass(frozen=True)
class Facet:
    """One facet: its name, and its values in the order in which they are shown, those not stated last."""

    name: str
    values: tuple[Value, ...]
    by_key: Mapping[str, Value] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {value.key: value for value in self.values})

    def things(self, keys: Iterable[str]) -> int:
        """Return the things that have any of the values; a key that is not known has none."""
        found = 0
        for key in keys:
            if value := self.by_key.get(key):
                found |= value.things
        return found


@dataclass(frozen=True)
class Facets:
    """All facets of a list of things; the place of a thing in the list is its bit."""

    things: tuple[str, ...]
    facets: Mapping[str, Facet]

    @property
    def all(self) -> int:
        """Every thing."""
        return (1 << len(self.things)) - 1

    @cached_property
    def of_thing(self) -> tuple[Mapping[str, tuple[Value, ...]], ...]:
        """What each thing states, by the name of the facet."""
        found: list[dict[str, tuple[Value, ...]]] = [{} for _ in self.things]
        for name, facet in self.facets.items():
            for value in facet.values:
                if value.key != NOT_STATED:
                    for at in positions(value.things):
                        found[at][name] = (*found[at].get(name, ()), value)
        return tuple(found)


@dataclass(frozen=True)
class Narrowed:
    """What is left of the things: ``chosen`` are keys by the name of their facet, ``limits`` sets of things by a word.

    A limit holds beside the facets: a search in titles, a period.
    """

    facets: Facets
    chosen: Mapping[str, Sequence[str]]
    limits: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def _parts(self) -> dict[str, int]:
        known = self.facets.facets
        parts = {name: known[name].things(keys) for name, keys in self.chosen.items() if keys and name in known}
        return parts | dict(self.limits)

    @cached_property
    def things(self) -> int:
        """The things that all choices leave."""
        return self.without("")

    def without(self, part: str) -> int:
        """Return the things that are left when one facet or limit is dropped."""
        left = self.facets.all
        for name, things in self._parts.items():
            if name != part:
                left &= things
        return left

    def counts(self, facet: str) -> dict[str, int]:
        """Return for each key of a facet how many things it has among those that the other choices leave."""
        others = self.without(facet)
        return {value.key: (value.things & others).bit_count() for value in self.facets.facets[facet].values}

    def ways_out(self) -> list[tuple[str, int]]:
        """Return the facets and limits of which dropping one alone leaves something, with how much, most first."""
        ways = [(part, self.without(part).bit_count()) for part in self._parts]
        return sorted((way for way in ways if way[1]), key=lambda way: -way[1])


def positions(things: int) -> list[int]:
    """Return the places of things in their list."""
    digits = bin(things)[:1:-1]
    found, at = [], digits.find("1")
    while at >= 0:  # leaps over what is not there: most values of a large plan have few things
        found.append(at)
        at = digits.find("1", at + 1)
    return found


def facets_of(rows: Iterable[Mapping[str, str]], things: Sequence[str], *, column: str) -> Facets:
    """Return the facets of things, from rows of ``facet``, ``code``, ``name``, ``value`` and the column of the thing.

    Facets keep the order of the rows; one with a single value, which everything has, is left out. Values are in the
    order of their numbers where all codes are numbers, else the most frequent first; those without an IRI come last,
    and are told apart by their codes alone. The key of a value is its code, or the last part of its IRI where the code
    is missing or shared.
    """
    place = {thing: at for at, thing in enumerate(things)}
    found: dict[str, dict[str, _Found]] = {}
    for row in rows:
        if (at := place.get(row[column])) is not None:
            of_facet = found.setdefault(row["facet"], {})
            same = row["value"] or row["code"]
            one = of_facet.get(same)
            if one is None:
                one = of_facet[same] = _Found(row["code"], row["name"], row["value"])
            one.places.append(at)
            if one.name != row["name"] and not one.iri:  # several wordings of what is not a thing
                one.name = row["code"].replace("-", " ")
    facets = {name: Facet(name, _values(each, len(things))) for name, each in found.items()}
    return Facets(tuple(things), {name: facet for name, facet in facets.items() if _tells_apart(facet, len(things))})


def _tells_apart(facet: Facet, size: int) -> bool:
    """Whether a facet can choose some of the things: one that has a single value for all of them says nothing."""
    return len(facet.values) > 1 or facet.values[0].total < size


@dataclass
class _Found:
    code: str
    name: str
    iri: str
    places: list[int] = field(default_factory=list)


def _values(found: Mapping[str, _Found], size: int) -> tuple[Value, ...]:
    often = Counter(each.code.casefold() for each in found.values())
    slugs = Counter(_slug(each.iri) for each in found.values())
    made, stated = [], 0
    for each in found.values():
        key = each.code if each.code and often[each.code.casefold()] == 1 else _slug(each.iri)
        if key != each.code and slugs[key] > 1:
            key = compact(each.iri)
        things = _bits(each.places, size)
        stated |= things
        made.append(Value(key, each.code, each.name, each.iri, things))
    numbered = all(_NUMBER.fullmatch(value.code) for value in made if value.key != NOT_STATED)
    made.sort(key=lambda value: (not value.iri, _number(value) if numbered else [-value.total], value.short.casefold()))
    missing = (1 << size) - 1 & ~stated
    blank = next((value for value in made if value.key == NOT_STATED), None)
    if blank:
        made.remove(blank)
        missing |= blank.things
    if missing:
        kept = blank or Value(NOT_STATED, "", "not stated", "", 0)
        made.append(replace(kept, things=missing))
    return tuple(made)


def _number(value: Value) -> list[int]:
    return [int(part) for part in value.code.split(".")] if _NUMBER.fullmatch(value.code) else [0]


def _slug(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1] or iri


def _bits(places: Iterable[int], size: int) -> int:
    octets = bytearray(size // 8 + 1)
    for at in places:
        octets[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(octets, "little")
