"""The facts of a card: what a thing says by some of its properties, under headings of their own, each with its places.

Which properties, in what order and what is written where there is nothing, is data: a file such as ``facts.yaml`` in
the folder of the page. A property is named as in `Entity.values_of`; ``^name`` is what points to the thing by it. With
``verbs`` a value is told with the labels of the properties that state it, or with the words that the file has for them:
these are of general properties, and are used only where no other is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

from ecp_graph.linked_data.document import named_node
from ecp_graph.namespaces import ECP
from ecp_graph.reasoning import Source
from ecp_graph.sparql.results import Term
from ecp_graph.web.pages.documents.entity import Direction, Entity, Value
from ecp_graph.web.state.site import site

__all__ = ["Fact", "Home", "Told", "facts_of", "home_of", "proof_of"]

_INVERSE: Final = "^"
_PASSAGE: Final = """
SELECT ?passage ?document WHERE {{
  {reading} ecp:readingOf ?passage .
  OPTIONAL {{ ?passage ecp:passageOf ?document }}
}}
ORDER BY ?passage ?document
LIMIT 1
"""


@dataclass(frozen=True)
class Told:
    """One value of a fact: words that belong to it, the value, and where it is stated or how certain it is.

    The words are before the value, but after it where they are a verb of which it is the subject.
    """

    words: str
    value: Value
    sources: tuple[Source, ...]
    certainty: str
    is_subject: bool = False


@dataclass(frozen=True)
class Fact:
    """What is under one heading; ``none`` is written where there is nothing."""

    heading: str
    told: tuple[Told, ...]
    none: str = ""


@dataclass(frozen=True)
class Home:
    """Where most of what is said of a thing is: the reading that gives its title, the passage that was read, and
    the document."""

    source: Source
    passage: Term | None = None
    document: Term | None = None


def home_of(entity: Entity) -> Home | None:
    """Return where a thing is at home; None when no passage gives its title. Raises what the engine raises."""
    source = next((source for value in entity.names for source in value.stated), None)
    reading = named_node(source.graph) if source else None
    if source is None or reading is None:
        return None
    rows = site().keep(("passage of", source.graph), lambda: site().ask(_PASSAGE.format(reading=reading))).rows
    return Home(source, *rows[0]) if rows else Home(source)


def facts_of(entity: Entity, package: str, name: str = "facts") -> list[Fact]:
    """Return the facts of a thing, as the file ``NAME.yaml`` of a package wants them.

    Left out is a fact of which nothing is told, unless the file has words for that.
    """
    facts = (_fact(entity, wanted) for wanted in _wanted(package, name))
    return [fact for fact in facts if fact.told or fact.none]


def proof_of(entity: Entity, value: Value) -> tuple[tuple[Source, ...], str]:
    """Return where a value is stated; for an inferred one, where a statement on the same two things is, or its
    certainty."""
    if value.is_stated:
        return value.stated, ""
    stated = [each for each in _of_both(entity, value) if each.is_stated]
    sources = tuple(dict.fromkeys(source for each in stated for source in each.stated))
    return sources, "" if sources else value.certainty


@cache
def _wanted(package: str, name: str) -> Sequence[Mapping[str, Any]]:
    text = resources.files(package).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)
    return found


def _fact(entity: Entity, wanted: Mapping[str, Any]) -> Fact:
    told: dict[tuple[str, str], Told] = {}
    for name, words in wanted["properties"].items():
        direction: Direction = "to" if name.startswith(_INVERSE) else "from"
        for value in entity.values_of(name.removeprefix(_INVERSE), direction):
            if not value.is_stated and any(other == value.other.value for _, other in told):
                continue  # it follows from what is told already
            for each in _told(entity, value, words, wanted.get("verbs")):
                told.setdefault((each.words, each.value.other.value), each)
    return Fact(wanted["heading"], tuple(told.values()), wanted.get("none", ""))


def _told(entity: Entity, value: Value, words: str, general: Mapping[str, str] | None) -> list[Told]:
    """Return a value as it is shown: once for each verb where verbs are wanted."""
    stated = [each for each in _of_both(entity, value) if each.is_stated] if general is not None else []
    verbs = {each: (general or {}).get(each.predicate.removeprefix(ECP), "") for each in stated}
    special = {each: entity.label_of(each) for each, words_of in verbs.items() if not words_of}
    told = [Told(verb, value, each.stated, "", value.direction == "to") for each, verb in (special or verbs).items()]
    return told or [Told(words, value, *proof_of(entity, value))]


def _of_both(entity: Entity, value: Value) -> list[Value]:
    """Return the statements in the same direction on the same two things."""
    every = (each for group in entity.groups if group.direction == value.direction for each in group.values)
    return [each for each in every if each.other == value.other]
