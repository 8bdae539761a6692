"""A briefing as HTML: a paper of its own that prints on two pages of A4, and its sections for a page of the site."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ecp_graph.briefs.model import Brief
from ecp_graph.briefs.writing.words import confidential_in_words, foot_of, left_out_of, legible, runs_of

__all__ = ["STYLE", "Link", "addresses", "paper_of", "sections_of", "style"]

#: The file of the style, as the site serves it.
STYLE: Final = "brief.css"
#: Returns where a thing is found, or None.
Link = Callable[[str], str | None]


def addresses(iri: str) -> str | None:
    """Return an IRI that is an address of the web, for a paper that leaves the site; None for any other."""
    return iri if iri.startswith(("http://", "https://")) else None


def paper_of(brief: Brief, link: Link = addresses, *, style_at: str = "", forms: Sequence[tuple[str, str]] = ()) -> str:
    """Return a briefing as a document of its own.

    Its style is inside it, or ``style_at`` an address. ``forms`` are the names and addresses of what else there is,
    which are shown on a screen and not printed.
    """
    return (
        _environment()
        .get_template("paper.html")
        .render(
            brief=brief,
            sections=sections_of(brief, link),
            style=Markup(style()),  # noqa: S704 - a file of the package
            style_at=style_at,
            forms=forms,
            foot=foot_of(brief),
            warning=confidential_in_words(brief),
        )
    )


def sections_of(brief: Brief, link: Link) -> Markup:
    """Return the sections of a briefing, with headings of the second level."""
    text = _environment().get_template("sections.html").render(brief=brief, link=link)
    return Markup(text)  # noqa: S704 - the template escapes what comes from the data


@cache
def style() -> str:
    """Return the style of a paper."""
    return (files("ecp_graph.briefs.writing") / STYLE).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("ecp_graph.briefs.writing", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals.update(legible=legible, runs_of=runs_of, left_out_of=left_out_of)
    return environment
