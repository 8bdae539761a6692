"""``/about``: what the site is, its sources, whom to tell of an error, and the glossary; and the publisher's logo."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

import yaml
from flask import Blueprint, Response

from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.responses import content, page
from ecp_graph.web.pages.about.own_text import own_text
from ecp_graph.web.show.panels import Panel, Row, panel
from ecp_graph.web.state.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("about", __name__)

_GLOSSARY: Final = "glossary"
_DOCUMENTS: Final = "documents-read"
_PLANS: Final = "plans-at-a-glance"


@blueprint.get("/about")
def index() -> Response:
    """The page; what the catalogue has no query for is left out."""
    publisher = site().publisher
    glossary = _panel(_GLOSSARY)
    return page(
        "about/about.html",
        publisher=publisher,
        text=own_text(publisher.about) if publisher.about else "",
        plans=_panel(_PLANS),
        documents=_panel(_DOCUMENTS),
        glossary=glossary,
        lists=_lists(glossary) if glossary else [],
    )


@blueprint.get("/logo")
def logo() -> Response:
    """The publisher's logo; raises HttpError where there is none."""
    publisher = site().publisher
    if publisher.logo is None:
        raise HttpError(404, "no-logo", "This site has no logo: its workspace.toml names none in [site].")
    response = content(publisher.logo.read_bytes(), publisher.logo_type)
    # a drawing that is opened by itself could hold a script
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _panel(name: str) -> Panel | None:
    catalogue = site().catalogue
    return panel(name) if catalogue is not None and name in catalogue else None


def _lists(glossary: Panel) -> list[tuple[str, list[Row]]]:
    """Return the lists of the glossary that the page has, each with its heading and its words."""
    found = ((heading, [row for row in glossary.rows if row["list"] == name]) for name, heading in _headings().items())
    return [(heading, rows) for heading, rows in found if rows]


@cache
def _headings() -> Mapping[str, str]:
    text = resources.files(__package__).joinpath("glossary.yaml").read_text(encoding="utf-8")
    found: dict[str, str] = yaml.safe_load(text)
    return found
