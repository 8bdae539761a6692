"""Parameters of catalogue queries: their types, and converting values to literals.

Five types: ``iri`` (of a class: given as an IRI, a curie, a notation, a slug or a label of the graph), ``enum``,
``date``, ``integer`` and ``text``. A parameter with ``many: true`` takes several values, any of which may hold. An iri
may have ``values`` too: words such as ``not-stated``, bound as plain literals, for what no thing of the class stands
for. `ecp_graph.queries.binding` puts values into a query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, cast

import pyoxigraph as ox

from ecp_graph.errors import ParameterError
from ecp_graph.namespaces import PREFIXES, expand

__all__ = ["Parameter", "ParameterType", "literal_of", "parameter_from_header"]

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
    """Return the parameter described in a header; raises ParameterError if the description is invalid."""
    if not isinstance(item, dict):
        raise ParameterError(f"a parameter is written {{name: …, type: …, label: …}}, not {item!r}.")
    name, kind = str(item.get("name", "")), str(item.get("type", ""))
    if not _VARIABLE.fullmatch(name):
        raise ParameterError(f"the name of a parameter must be a valid variable name, which '{name}' is not.")
    if unknown := sorted(set(map(str, item)) - _KEYS):
        raise ParameterError(f"the parameter '{name}' has the unknown key '{unknown[0]}'.")
    if kind not in _TYPES:
        raise ParameterError(f"the parameter '{name}' has the type '{kind}'; known are {', '.join(_TYPES)}.")
    for flag in ("optional", "many"):
        if not isinstance(item.get(flag, False), bool):
            raise ParameterError(f"{flag} of the parameter '{name}' must be true or false.")
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
        literal_of(parameter, default)
    return parameter


def literal_of(parameter: Parameter, value: str) -> ox.Literal:
    """Return the literal for a value of an enum, date, integer or text, or for a word of an iri.

    Raises ParameterError when it does not fit.
    """
    if parameter.type == "enum":
        chosen = next((known for known in parameter.values if known.casefold() == value.casefold()), None)
        if chosen is None:
            raise ParameterError(
                f"'{value}' is not valid for '{parameter.name}': use one of {', '.join(parameter.values)}."
            )
        return ox.Literal(chosen)
    if parameter.type == "date":
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise ParameterError(
                f"'{value}' is not valid for '{parameter.name}': use a date such as 2017-06-30."
            ) from None
        return ox.Literal(day.isoformat(), datatype=ox.NamedNode(_XSD + "date"))
    if parameter.type == "integer":
        if not _INTEGER.fullmatch(value):
            raise ParameterError(f"'{value}' is not valid for '{parameter.name}': use a whole number.")
        return ox.Literal(str(int(value)), datatype=ox.NamedNode(_XSD + "integer"))
    return ox.Literal(value)


def _yaml_text(value: Any) -> str:
    """Return what a header's author wrote, where YAML made a number or a truth value of it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
