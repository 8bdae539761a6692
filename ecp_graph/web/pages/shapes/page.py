"""``/shapes``: every shape with its message and its remedy, as a page and, by negotiation or suffix, as RDF."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from flask import Blueprint, Response

from ecp_graph.engine import Question
from ecp_graph.namespaces import SHAPES, compact
from ecp_graph.queries.binding import bind
from ecp_graph.sparql.formats import Format
from ecp_graph.sparql.results import Term
from ecp_graph.validation.report import SEVERITIES
from ecp_graph.web.http.answers import answer_response
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.negotiation import DOCUMENT_FORMATS, wanted_form
from ecp_graph.web.http.release_rdf import alternates
from ecp_graph.web.http.responses import page
from ecp_graph.web.show.findings import Piece
from ecp_graph.web.show.names import name_of
from ecp_graph.web.show.panels import Panel, Row, panel
from ecp_graph.web.show.terms import link
from ecp_graph.web.state.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("shapes", __name__)

_MOST_TARGETS: Final = 6
#: A variable inside a message, which a finding has a value in place of.
_VARIABLE: Final = re.compile(r"\{[$?](\w+)\}")


@dataclass(frozen=True)
class ShownShape:
    """One shape: its anchor, what it says, and what it looks at."""

    anchor: str
    code: str
    label: str
    severity: str
    message: str
    remedy: str
    targets: tuple[tuple[str, Piece], ...]
    property: Piece | None


@dataclass(frozen=True)
class Group:
    """The shapes that look at one class or property first."""

    name: str
    shapes: tuple[ShownShape, ...]


@blueprint.get("/shapes")
@blueprint.get("/shapes.<suffix>")
def index(suffix: str = "") -> Response:
    """The shapes as a page, or in a format of RDF."""
    form = wanted_form(suffix, DOCUMENT_FORMATS)
    if form is not None:
        return alternates(_graph(form), "/shapes")
    catalogue = site().catalogue
    if catalogue is None or "shapes" not in catalogue:
        return page("shapes/none.html")
    asked = panel("shapes")
    shown = site().keep("shown shapes", lambda: list(_shapes(asked)))
    response = page(
        "shapes/shapes.html",
        panel=asked,
        groups=_groups([shape for shape in shown if shape.targets]),
        parts=[shape for shape in shown if not shape.targets],
        counts={severity: sum(shape.severity == severity for shape in shown) for severity in SEVERITIES},
        most_targets=_MOST_TARGETS,
        downloads=list(DOCUMENT_FORMATS),
    )
    return alternates(response, "/shapes")


def _graph(wanted: Format) -> Response:
    catalogue = site().catalogue
    if catalogue is None:
        raise HttpError(
            404, "no-catalogue", "This server has no shapes, because it only serves RDF files. Use /sparql."
        )
    return answer_response(
        Question(bind(catalogue["shapes-as-graph"], {}, site().engine), wanted.name), is_reserved=True
    )


def _shapes(asked: Panel) -> Iterator[ShownShape]:
    """Yield the shapes in the order of their first targets; the rows of one shape may stand apart."""
    rows: dict[str, list[Row]] = {}
    for row in asked.rows:
        rows.setdefault(row["shape"], []).append(row)
    for iri, of_shape in rows.items():
        first = of_shape[0]
        yield ShownShape(
            anchor=iri.removeprefix(SHAPES),
            code=compact(iri),
            label=first["label"],
            severity=first["severity"],
            message=_VARIABLE.sub("…", first["message"]),
            remedy=first["remedy"],
            targets=tuple(
                (row["targetKind"], _piece(row["target"], row["targetName"])) for row in of_shape if row["target"]
            ),
            property=_piece(first["property"]) if first["property"] else None,
        )


def _groups(shapes: Sequence[ShownShape]) -> list[Group]:
    """Return the shapes grouped by the name of their first target, in the order of the alphabet."""

    def name(shape: ShownShape) -> tuple[str, str]:
        text = shape.targets[0][1].text
        return text.lower(), text

    return [Group(text, tuple(of_name)) for (_, text), of_name in groupby(sorted(shapes, key=name), key=name)]


def _piece(iri: str, name: str = "") -> Piece:
    return Piece(name or name_of(iri), link(Term("iri", iri)))
