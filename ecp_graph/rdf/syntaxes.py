"""RDF as text with the project's prefixes, the same bytes for the same statements in the same order."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from ecp_graph.namespaces import names

__all__ = ["with_prefixes"]


def with_prefixes(content: Iterable[ox.Quad] | Iterable[ox.Triple], text: bytes, form: ox.RdfFormat) -> bytes:
    """Return the content in a syntax, with those prefixes that ``text``, the same as N-Quads, has a use for.

    Oxigraph declares prefixes in an order that changes from run to run; here they come in the order of their names.
    """
    used = {name: namespace for name, namespace in names().prefixes.items() if f"<{namespace}".encode() in text}
    body: bytes = ox.serialize(content, format=form, prefixes=used) or b""
    if form not in {ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG}:
        return body
    head: list[bytes] = []
    while body.startswith(b"@prefix "):
        line, _, body = body.partition(b"\n")
        head.append(line + b"\n")
    return b"".join(sorted(head)) + b"\n" + body
