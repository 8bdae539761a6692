"""Pages made for their subject: of an action, a body, a passage; a thing of another class has the general page.

A subject is a folder below ``pages/`` whose module has a `Subject` called ``SUBJECT``, and its line in ``web/app.py``.
Its function returns a template and what that needs. The template extends ``documents/subject.html``, which has the
heading above, and below, folded under *As data*, all that the general page shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, current_app

from ecp_graph.linked_data.document import Standing
from ecp_graph.web.pages.documents.entity import Entity
from ecp_graph.web.state.site import site

__all__ = ["SUBJECTS", "Subject", "SubjectPage", "subject_page"]

#: Where an app has its subjects, the most specific classes first.
SUBJECTS: Final = "ecp_graph.subjects"


def _as_it_is(response: Response) -> Response:
    return response


@dataclass(frozen=True)
class SubjectPage:
    """The page made for one thing: its template, and what that needs besides what the general page has.

    ``is_passing``: it may change within one release. ``finish`` is applied to the response, for headers of its own.
    """

    template: str
    context: Mapping[str, Any]
    is_passing: bool = False
    finish: Callable[[Response], Response] = _as_it_is


@dataclass(frozen=True)
class Subject:
    """A class of things that have a page of their own, and the function that makes one.

    ``queries`` are those without which there is no such page: another workspace may have other queries.
    """

    of_class: str
    make: Callable[[Entity], SubjectPage]
    queries: tuple[str, ...] = ()


def subject_page(standing: Standing, entity: Entity) -> SubjectPage | None:
    """Return the page made for a thing by the first subject that has its class; None for the general page.

    What follows from the ontology counts, so a subclass has the page of its class.
    """
    subjects: tuple[Subject, ...] = current_app.extensions[SUBJECTS]
    for subject in subjects:
        if subject.of_class in standing.types and _has(subject.queries):
            return subject.make(entity)
    return None


def _has(queries: tuple[str, ...]) -> bool:
    catalogue = site().catalogue
    return catalogue is not None and all(name in catalogue for name in queries)
