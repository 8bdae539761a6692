"""Which form of a document a request wants: told by a suffix of its path, or else by its Accept header."""

from __future__ import annotations

from typing import Final

from flask import request

from ecp_graph.sparql.formats import Format, formats_of, negotiate
from ecp_graph.web.http.errors import HttpError

__all__ = ["HTML", "SUFFIXES", "media_type", "split_suffix", "suffix_of", "wanted_form"]

#: The media type of the form that is a page.
HTML: Final = "text/html"

#: Suffix to form: a format of RDF, or the page.
SUFFIXES: Final[dict[str, Format | str]] = {"html": HTML, **{fmt.extension: fmt for fmt in formats_of("graph")}}


def split_suffix(path: str) -> tuple[str, str]:
    """Return a path without its suffix, and the suffix; an empty one when the path ends in none that is known."""
    stem, dot, suffix = path.rpartition(".")
    return (stem, suffix) if dot and stem and suffix in SUFFIXES else (path, "")


def wanted_form() -> Format | str:
    """Return the form that the Accept header of the request prefers, `HTML` for the page.

    Raises HttpError, status 406, when nothing offered is acceptable (RFC 9110, section 15.5.7).
    """
    best = negotiate(request.headers.get("Accept", ""), "graph", also=[HTML])
    if best is None:
        offered = ", ".join(media_type(form) for form in SUFFIXES.values())
        raise HttpError(
            406, "not-acceptable", f"Nothing that is accepted can be sent. The document comes as {offered}."
        )
    return best


def media_type(form: Format | str) -> str:
    """Return the media type of a form."""
    return form.media_type if isinstance(form, Format) else form


def suffix_of(form: Format | str) -> str:
    """Return the suffix of a form, without the dot."""
    return form.extension if isinstance(form, Format) else "html"
