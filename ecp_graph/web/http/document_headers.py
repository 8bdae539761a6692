"""The headers of a document: its other forms, its licence, its canonical address, its age; and its data inside a page.

Last-Modified is the time at which the release was written. The dataset's own dcterms:modified is a day that its editors
set, and two releases may share one: a client that asks with If-Modified-Since would keep the older of them.
"""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox
from flask import Response
from markupsafe import Markup

from ecp_graph.addresses import PATH, quoted
from ecp_graph.linked_data.document import Standing, document_iri, licence_of, self_description, serialise
from ecp_graph.linked_data.places import place_of
from ecp_graph.namespaces import names
from ecp_graph.sparql.formats import Format, format_named
from ecp_graph.sparql.results import Table, to_ox
from ecp_graph.web.http.negotiation import DOCUMENT_FORMATS, HTML, suffix_of
from ecp_graph.web.http.responses import cacheable, open_to_all, tag_of
from ecp_graph.web.state.site import site

__all__ = ["add_headers", "downloads", "finish", "json_block", "licence", "links_of", "local_document", "stamp"]

#: What may stand in a URI reference as it is; an IRI that is percent-encoded already stays as it is.
_URI: Final = PATH + "%?#[]"


def local_document(thing: str, suffix: str = "") -> str:
    """Return the path on this host of the document about an individual, in the form of the suffix if there is one."""
    return "/doc/" + quoted(place_of(thing, names().id)) + (f".{suffix}" if suffix else "")


def downloads(base: str) -> list[tuple[str, Format]]:
    """Return the address and the format of each form of the document at a path that is data."""
    return [(f"{base}.{suffix}", fmt) for suffix, fmt in DOCUMENT_FORMATS.items()]


def links_of(base: str, *, canonical: str, licence: str, types: list[str], describes: str = "") -> list[str]:
    """Return the Link header's values (RFC 8288) for the document at a path of this host.

    ``alternate`` for every form, ``describedby`` for the description of the dataset, ``canonical`` for the address
    under which the project publishes the document, ``license``, ``type`` for every class of the thing, ``describes``.
    """
    forms = [("html", HTML), *((suffix, fmt.media_type) for suffix, fmt in DOCUMENT_FORMATS.items())]
    found = [f'<{base}.{suffix}>; rel="alternate"; type="{media_type}"' for suffix, media_type in forms]
    found.append('</.well-known/void>; rel="describedby"')
    found.append(f'<{_uri(canonical)}>; rel="canonical"')
    if licence:
        found.append(f'<{_uri(licence)}>; rel="license"')
    if describes:
        found.append(f'<{_uri(describes)}>; rel="describes"')
    return found + [f'<{_uri(kind)}>; rel="type"' for kind in types]


def add_headers(response: Response, standing: Standing, form: Format | None, *, negotiated: bool) -> None:
    """Add Link, Last-Modified, Vary and, when the form was negotiated, Content-Location (RFC 9110, section 8.7)."""
    links = links_of(
        local_document(standing.iri),
        canonical=document_iri(standing.iri),
        licence=licence(),
        types=list(standing.types),
        describes=standing.iri,
    )
    response.headers["Link"] = ", ".join(links)
    if negotiated:
        response.headers["Content-Location"] = local_document(standing.iri, suffix_of(form))
    stamp(response)


def licence() -> str:
    """Return the IRI of the dataset's licence, or an empty text."""
    here = site()
    return here.keep("licence", lambda: licence_of(here.engine, timeout_s=here.settings.timeout))


def finish(response: Response, *what: str) -> Response:
    """Let a response be cached that the release and ``what`` settle; 304 for a client that has it already."""
    return cacheable(stamp(response), tag_of(repr((site().current.version, what)).encode()))


def stamp(response: Response) -> Response:
    """Add when the release was written, and what `open_to_all` adds."""
    from werkzeug.http import http_date

    made_at = site().current.made_at
    if made_at is not None:
        response.headers["Last-Modified"] = http_date(made_at)
    return open_to_all(response)


def json_block(standing: Standing, statements: Table) -> Markup:
    """Return what is said of a thing, by the rows of ``thing-statements``, as JSON-LD for a script element.

    ``<`` and the separators that end a line in JavaScript are escaped, so that no text can end the element (HTML
    Living Standard, section 4.12.1.3).
    """
    at = {name: number for number, name in enumerate(statements.columns)}
    cells = ([row[at[name]] for name in ("direction", "property", "other")] for row in statements.rows)
    own = [
        ox.Quad(ox.NamedNode(standing.iri), to_ox(property_), to_ox(other))  # type: ignore[arg-type]
        for direction, property_, other in cells
        if direction and property_ and other and direction.value == "from"
    ]
    about = self_description(standing.iri, licence(), standing.remark)
    graph = json.loads(serialise([*about, *own], format_named("jsonld", "graph")))
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    for char in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def _uri(iri: str) -> str:
    return quote(iri, safe=_URI)
