"""Binds parameter values to a query of the catalogue.

A value becomes an RDF term, which pyoxigraph serialises, and replaces the line ``#= name`` with
``VALUES (?name) { (term) }``; user input is never inserted into the text of a query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ecp_graph.errors import ParameterError
from ecp_graph.languages import main_language
from ecp_graph.queries.labels import has_several_languages, with_main_labels
from ecp_graph.queries.parameters import Parameter, literal_of
from ecp_graph.queries.resolve import resolve

if TYPE_CHECKING:
    from ecp_graph.engine import Engine
    from ecp_graph.queries.catalogue import Query

__all__ = ["Given", "bind"]

#: Values by the names of their parameters; several for one that takes ``many``.
Given = Mapping[str, str | Sequence[str]]


def bind(query: Query, given: Given, engine: Engine) -> str:
    """Return the text of a query with its parameters bound; a parameter with ``many`` accepts several values.

    An empty value counts as not given. A parameter that is not given has its default; without one, its line is dropped,
    so the query covers everything. Where the release has names in several languages, a table has those in the main one
    (`ecp_graph.queries.labels`). ``engine`` is asked for that, and to resolve a notation, slug or label. Raises
    ParameterError for an unknown parameter, an invalid value, several values for a parameter that accepts one, and a
    missing value.
    """
    _refuse_unknown(query, given)
    lines: dict[str, str] = {}
    for parameter in query.parameters:
        if values := _values(parameter, given.get(parameter.name, "")):
            terms = " ".join(f"({_term(parameter, value, engine)})" for value in values)
            lines[parameter.name] = f"VALUES (?{parameter.name}) {{ {terms} }}"
        elif parameter.required:
            raise ParameterError(f"The query '{query.name}' needs a value for '{parameter.name}' ({parameter.label}).")
        else:
            lines[parameter.name] = ""

    def line(found: re.Match[str]) -> str:
        bound = lines.get(found[2])
        return found.group() if bound is None else f"{found[1]}{bound}"

    bound = re.sub(r"^([ \t]*)#=[ \t]*(\w+)[ \t]*$", line, query.body, flags=re.MULTILINE)
    if query.kind == "table" and has_several_languages(engine):
        return with_main_labels(bound, main_language())
    return bound


def _values(parameter: Parameter, given: str | Sequence[str]) -> list[str]:
    values = [text for value in ([given] if isinstance(given, str) else given) if (text := value.strip())]
    if len(values) > 1 and not parameter.many:
        raise ParameterError(
            f"The parameter '{parameter.name}' takes one value, but {len(values)} are given. "
            "Run the query once for each."
        )
    return values or ([parameter.default] if parameter.default is not None else [])


def _refuse_unknown(query: Query, given: Given) -> None:
    for name in given:
        if query.parameter(name) is None:
            names = ", ".join(parameter.name for parameter in query.parameters)
            known = f"It has {names}." if names else "It has none."
            raise ParameterError(f"The query '{query.name}' has no parameter '{name}'. {known}")


def _term(parameter: Parameter, value: str, engine: Engine) -> str:
    if parameter.type == "iri" and value not in parameter.values:
        return str(ox.NamedNode(resolve(parameter, value, engine)))
    return str(literal_of(parameter, value))
