"""Which form of a document a request wants: told by a suffix of its path, or else by its Accept header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import request

from ecp_graph.sparql.formats import Format, best_form, formats_of
from ecp_graph.web.http.errors import HttpError

__all__ = ["DOCUMENT_FORMATS", "GRAPH_FORMATS", "HTML", "split_suffix", "suffix_of", "wanted_form"]

#: The media type of the form that is a page. Its suffix is ``html``, and where a form is meant it is None.
HTML: Final = "text/html"
#: The formats of a document whose statements stand in named graphs, by suffix.
DOCUMENT_FORMATS: Final[Mapping[str, Format]] = {fmt.extension: fmt for fmt in formats_of("graph")}
#: The formats of a single graph, by suffix; TriG has it as its default graph (RDF 1.1 TriG, section 2.1).
GRAPH_FORMATS: Final[Mapping[str, Format]] = {
    suffix: fmt for suffix, fmt in DOCUMENT_FORMATS.items() if fmt.named_graphs != "only"
}


def split_suffix(path: str, formats: Mapping[str, Format] = GRAPH_FORMATS) -> tuple[str, str]:
    """Return a path without its suffix, and the suffix; an empty one when the path ends in none that is served."""
    stem, dot, suffix = path.rpartition(".")
    return (stem, suffix) if dot and stem and (suffix == "html" or suffix in formats) else (path, "")


def wanted_form(
    suffix: str = "", formats: Mapping[str, Format] = GRAPH_FORMATS, *, default: Format | None = None
) -> Format | None:
    """Return the format that a request wants by its suffix or else by its Accept header, or None for the page.

    Who accepts everything gets the ``default``. Raises HttpError: 404 for a suffix that is not served, 406 when nothing
    offered is acceptable (RFC 9110, section 15.5.7).
    """
    if suffix:
        if suffix != "html" and suffix not in formats:
            known = ", ".join(f".{name}" for name in formats)
            raise HttpError(404, "unknown-format", f"This does not come as .{suffix}, but as {known} and .html.")
        return formats.get(suffix)
    best = best_form(request.headers.get("Accept", ""), formats.values(), also=[HTML], default=default or HTML)
    if best is None:
        offered = ", ".join([HTML, *(fmt.media_type for fmt in formats.values())])
        raise HttpError(406, "not-acceptable", f"Nothing that is accepted can be sent. This comes as {offered}.")
    return best if isinstance(best, Format) else None


def suffix_of(form: Format | None) -> str:
    """Return the suffix of a form, without the dot."""
    return form.extension if form else "html"
