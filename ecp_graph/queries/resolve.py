"""Resolves user input (an IRI, CURIE, notation, slug or label) to a thing in the graph."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from ecp_graph.engine.asking import ask_table, is_known
from ecp_graph.errors import ParameterError
from ecp_graph.languages import main_language
from ecp_graph.namespaces import PREFIXES, compact, expand
from ecp_graph.sparql.results import Table

if TYPE_CHECKING:
    from ecp_graph.engine import Engine
    from ecp_graph.queries.parameters import Parameter

__all__ = ["ANYTHING", "Choice", "choices", "resolve"]

#: The class of a parameter that may be anything of which the graph speaks, whatever its class (RDF Schema 1.1, 2.1).
ANYTHING: Final = PREFIXES["rdfs"] + "Resource"

#: How many things of a class are read to suggest one; a form offers a list up to this length.
MOST_CHOICES: Final = 500

_MATCHES: Final = """
SELECT DISTINCT ?thing ?rank WHERE {{
  {pattern}
  FILTER(isIRI(?thing))
  VALUES ?wanted {{ {value} }}
  BIND(LCASE(STR(?wanted)) AS ?text)
  OPTIONAL {{ ?thing skos:notation ?notation . FILTER(LCASE(STR(?notation)) = ?text) }}
  OPTIONAL {{ ?thing skos:prefLabel|rdfs:label|skos:altLabel ?label . FILTER(LCASE(STR(?label)) = ?text) }}
  BIND(
    IF(?thing = {iri}, 0,
    IF(STRENDS(LCASE(STR(?thing)), CONCAT("/", ?text)) || STRENDS(LCASE(STR(?thing)), CONCAT("#", ?text)), 1,
    IF(BOUND(?notation), 2,
    IF(BOUND(?label), 3, 9)))) AS ?rank)
  FILTER(?rank < 9)
}}
ORDER BY ?rank ?thing
LIMIT 20
"""

#: Nested, because some stores cannot order by an expression of what they aggregate.
_CHOICES: Final = """
SELECT ?thing ?label ?notation WHERE {{
  {{
    SELECT ?thing (SAMPLE(?anyLabel) AS ?label) (SAMPLE(?anyNotation) AS ?notation) WHERE {{
      {pattern}
      FILTER(isIRI(?thing))
      OPTIONAL {{
        ?thing skos:prefLabel ?preferred
        FILTER(LANG(?preferred) = "{language}"
          || NOT EXISTS {{ ?thing skos:prefLabel ?main FILTER(LANG(?main) = "{language}") }})
      }}
      OPTIONAL {{ ?thing rdfs:label ?plain }}
      BIND(COALESCE(?preferred, ?plain) AS ?anyLabel)
      OPTIONAL {{ ?thing skos:notation ?anyNotation }}
    }}
    GROUP BY ?thing
  }}
}}
ORDER BY LCASE(COALESCE(STR(?label), "")) ?thing
LIMIT {limit}
"""


@dataclass(frozen=True)
class Choice:
    """One possible value of an iri parameter: its IRI, a short unambiguous value, and its label."""

    iri: str
    value: str
    label: str


def resolve(parameter: Parameter, value: str, engine: Engine) -> str:
    """Return the IRI of the thing of the parameter's class that a value names.

    The IRI itself wins over a slug (the last part of the IRI), that over a notation, and that over a label; case does
    not matter. Raises ParameterError when nothing fits, with the nearest things, or when several fit equally well.
    """
    iri = _iri(value)
    if iri and _stands_as_it_is(parameter, iri, engine, is_whole="://" in value):
        return iri.value
    table = ask_table(engine, _matches_query(parameter, value, iri))
    ranked = [(row[1].value, row[0].value) for row in table.rows if row[0] and row[1]]
    best = [iri for rank, iri in ranked if rank == ranked[0][0]]
    if len(best) == 1:
        return best[0]
    if best:
        names = ", ".join(compact(iri) for iri in best)
        raise ParameterError(f"'{value}' names several things for '{parameter.name}': {names}. Give one of these.")
    near = _nearest(value, choices(parameter, engine))
    hint = f" Did you mean {near}?" if near else ""
    is_any = parameter.of_class == ANYTHING
    kind = "a thing" if is_any else f"an {compact(parameter.of_class or '')}"
    raise ParameterError(f"'{value}' is not valid for '{parameter.name}': it is not {kind} in this graph.{hint}")


def choices(parameter: Parameter, engine: Engine, limit: int = MOST_CHOICES) -> list[Choice]:
    """Return at most ``limit`` possible values of an iri parameter, ordered by label, in the main language if any."""
    pattern = _pattern(parameter)
    if parameter.of_class == ANYTHING:  # an order over all would be slow on a large graph
        pattern = f"{{ SELECT DISTINCT ?thing {{ ?thing skos:prefLabel ?name }} LIMIT {limit} }}"
    table: Table = ask_table(engine, _CHOICES.format(pattern=pattern, limit=limit, language=main_language()))
    found = []
    for thing, label, notation in table.rows:
        if thing is not None:
            short = notation.value if notation else _slug(thing.value)
            found.append(Choice(thing.value, short, label.value if label else short))
    often = Counter(choice.value.casefold() for choice in found)
    # A notation that two things share names neither, so they go by their curies.
    return [c if often[c.value.casefold()] == 1 else Choice(c.iri, compact(c.iri), c.label) for c in found]


def _stands_as_it_is(parameter: Parameter, iri: ox.NamedNode, engine: Engine, *, is_whole: bool) -> bool:
    """Whether an IRI names the thing by itself; pages give whole IRIs, and need no search through the whole class."""
    if parameter.of_class == ANYTHING:
        return is_known(engine, iri)
    return is_whole and bool(ask_table(engine, f"ASK {{ {iri} a {ox.NamedNode(parameter.of_class or '')} }}").boolean)


def _slug(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1] or compact(iri)


def _matches_query(parameter: Parameter, value: str, iri: ox.NamedNode | None) -> str:
    # The empty text is equal to no IRI.
    return _MATCHES.format(pattern=_pattern(parameter), value=ox.Literal(value), iri=iri or '""')


def _pattern(parameter: Parameter) -> str:
    if parameter.of_class == ANYTHING:
        return "?thing a ?class ."
    return f"?thing a {ox.NamedNode(parameter.of_class or '')} ."


def _iri(value: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(expand(value.strip("<>")))
    except ValueError:
        return None


def _nearest(value: str, among: list[Choice]) -> str:
    names = {choice.value.casefold(): choice.value for choice in among}
    names |= {choice.label.casefold(): choice.value for choice in among}
    near = difflib.get_close_matches(value.casefold(), names, n=3, cutoff=0.5)
    return ", ".join(dict.fromkeys(names[name] for name in near)) or ", ".join(choice.value for choice in among[:3])
