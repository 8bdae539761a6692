"""Parameters of catalogue queries: what they accept, and how a value becomes a term of the query.

Five types: ``iri`` (of a class: given as an IRI, a curie, a notation, a slug or a label of the graph), ``enum``,
``date``, ``integer`` and ``text``. A value is turned into an RDF term, which pyoxigraph serialises, and takes the
place of the line ``#= name`` as ``VALUES (?name) { (term) }``; the text of a query is never put together from what a
user typed. A parameter with ``many: true`` takes several values, any of which may hold. An iri may have ``values``
too: words such as ``not-stated``, bound as plain literals, for what no thing of the class stands for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import pyoxigraph as ox

from ecp_graph.errors import ParameterError
from ecp_graph.namespaces import PREFIXES, expand

if TYPE_CHECKING:
    from ecp_graph.engine import Engine
    from ecp_graph.queries.catalogue import Query

__all__ = ["Given", "Parameter", "ParameterType", "bind", "parameter_from_header"]

#: Values by the names of their parameters; several for one that takes ``many``.
Given = Mapping[str, str | Sequence[str]]
ParameterType = Literal["iri", "enum", "date", "integer", "text"]

_TYPES: Final = ("iri", "enum", "date", "integer", "text")
_KEYS: Final = frozenset({"name", "type", "class", "values", "label", "default", "optional", "help", "many"})
_XSD: Final = PREFIXES["xsd"]
_VARIABLE: Final = re.compile(r"[A-Za-z_]\w*")
_INTEGER: Final = re.compile(r"[+-]?\d{1,18}")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a query, as its header describes it; ``of_class`` is the IRI of the class for the type iri.

    ``many`` tells that several values may be given; ``values`` are those of an enum, or the words of an iri.
    """

    name: str
    type: ParameterType
    label: str
    optional: bool = False
    default: str | None = None
    of_class: str | None = None
    values: tuple[str, ...] = ()
    help: str = ""
    many: bool = False

    @property
    def required(self) -> bool:
        """Whether a value has to be given."""
        return self.default is None and not self.optional


def parameter_from_header(item: Any) -> Parameter:
    """Return the parameter that a header describes; raises ParameterError for a description that is not sound."""
    if not isinstance(item, dict):
        raise ParameterError(f"a parameter is written {{name: …, type: …, label: …}}, not {item!r}.")
    name, kind = str(item.get("name", "")), str(item.get("type", ""))
    if not _VARIABLE.fullmatch(name):
        raise ParameterError(f"a parameter needs a name that can be a variable, not '{name}'.")
    if unknown := sorted(set(map(str, item)) - _KEYS):
        raise ParameterError(f"the parameter '{name}' has the unknown key '{unknown[0]}'.")
    if kind not in _TYPES:
        raise ParameterError(f"the parameter '{name}' has the type '{kind}'; known are {', '.join(_TYPES)}.")
    for flag in ("optional", "many"):
        if not isinstance(item.get(flag, False), bool):
            raise ParameterError(f"of the parameter '{name}', {flag} is true or false.")
    values = tuple(_yaml_text(value) for value in item.get("values") or ())
    of_class = expand(str(item["class"])) if "class" in item else None
    if kind == "iri" and (of_class is None or "://" not in of_class):
        raise ParameterError(f"the parameter '{name}' is an iri, so it needs a class, such as ecp:Instrument.")
    if kind == "enum" and not values:
        raise ParameterError(f"the parameter '{name}' is an enum, so it needs values.")
    default = _yaml_text(item["default"]) if item.get("default") is not None else None
    parameter = Parameter(
        name=name,
        type=cast("ParameterType", kind),
        label=str(item.get("label") or name),
        optional=item.get("optional", False),
        default=default,
        of_class=of_class,
        values=values,
        help=str(item.get("help") or ""),
        many=item.get("many", False),
    )
    if default is not None and kind != "iri":
        _literal(parameter, default)
    return parameter


def bind(query: Query, given: Given, engine: Engine) -> str:
    """Return the text of a query with its parameters bound; several values for a parameter that takes ``many``.

    An empty value counts as not given. A parameter that is not given takes its default; without one its line is
    dropped, so that the query ranges over everything. ``engine`` is asked only to find what a notation, slug or label
    names. Raises ParameterError for a name the query does not have, a value that does not fit, several values for a
    parameter that takes one, and a value that is missing.
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

    return re.sub(r"^([ \t]*)#=[ \t]*(\w+)[ \t]*$", line, query.body, flags=re.MULTILINE)


def _values(parameter: Parameter, given: str | Sequence[str]) -> list[str]:
    values = [text for value in ([given] if isinstance(given, str) else given) if (text := value.strip())]
    if len(values) > 1 and not parameter.many:
        raise ParameterError(
            f"The parameter '{parameter.name}' takes one value, and {len(values)} are given. Ask once for each."
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
        from ecp_graph.queries.resolve import resolve

        return str(ox.NamedNode(resolve(parameter, value, engine)))
    return str(_literal(parameter, value))


def _literal(parameter: Parameter, value: str) -> ox.Literal:
    """Return the literal for a value of an enum, date, integer or text, or for a word of an iri.

    Raises ParameterError when it does not fit.
    """
    if parameter.type == "enum":
        chosen = next((known for known in parameter.values if known.casefold() == value.casefold()), None)
        if chosen is None:
            raise ParameterError(
                f"'{value}' does not fit '{parameter.name}': use one of {', '.join(parameter.values)}."
            )
        return ox.Literal(chosen)
    if parameter.type == "date":
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise ParameterError(f"'{value}' does not fit '{parameter.name}': write a date as 2017-06-30.") from None
        return ox.Literal(day.isoformat(), datatype=ox.NamedNode(_XSD + "date"))
    if parameter.type == "integer":
        if not _INTEGER.fullmatch(value):
            raise ParameterError(f"'{value}' does not fit '{parameter.name}': write a whole number.")
        return ox.Literal(str(int(value)), datatype=ox.NamedNode(_XSD + "integer"))
    return ox.Literal(value)


def _yaml_text(value: Any) -> str:
    """Return what a header's author wrote, where YAML made a number or a truth value of it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
