"""RDF written as text, the same bytes for the same statements in the same order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import PREFIXES
from ecp_graph.rdf.xml_text import checked_xml
from ecp_graph.sparql.formats import Format

__all__ = ["prefixes_in_use", "sorted_head", "write_rdf"]

_HEAD: Final = re.compile(rb"(?:@prefix [^\n]*\n)*")


def write_rdf(
    statements: Iterable[ox.Quad] | Iterable[ox.Triple],
    wanted: Format,
    *,
    prefixes: Mapping[str, str] = PREFIXES,
    plain: bytes | None = None,
) -> bytes:
    """Return statements in a format, in the order given, with the prefixes in use in the order of their names.

    A format without named graphs takes triples alone. ``plain`` is the same as N-Quads, where the caller has that;
    otherwise the statements are written twice. Raises FormatUnfit for RDF/XML that could not be read.
    """
    if not wanted.has_prefixes:
        return ox.serialize(statements, format=wanted.writer) or b""
    if plain is None:
        statements = list(statements)  # type: ignore[assignment]
        plain = ox.serialize(statements, format=ox.RdfFormat.N_QUADS) or b""
    text: bytes = ox.serialize(statements, format=wanted.writer, prefixes=prefixes_in_use(plain, prefixes)) or b""
    if wanted.syntax == "xml":
        return checked_xml(text, wanted)
    head, body = sorted_head(text)
    return head + b"\n" + body if head else body


def prefixes_in_use(plain: bytes, prefixes: Mapping[str, str] = PREFIXES) -> dict[str, str]:
    """Return the prefixes that abbreviate an IRI of a text of N-Triples or N-Quads, which the longest one does."""
    return {name: namespace for name, namespace in prefixes.items() if _is_in_use(namespace, plain, prefixes)}


def sorted_head(text: bytes) -> tuple[bytes, bytes]:
    """Return the prefixes that Turtle, TriG or N3 declares, a line each in the order of their names, and the rest.

    Oxigraph does not promise an order.
    """
    end = len(_HEAD.match(text)[0])  # type: ignore[index]
    return b"".join(sorted(text[:end].splitlines(keepends=True))), text[end:]


def _is_in_use(namespace: str, plain: bytes, prefixes: Mapping[str, str]) -> bool:
    start = f"<{namespace}".encode()
    longer = [other for other in prefixes.values() if other.startswith(namespace) and other != namespace]
    if not longer:
        return start in plain
    rests = b"|".join(re.escape(other.removeprefix(namespace)).encode() for other in longer)
    return re.search(b"%b(?!%b)" % (re.escape(start), rests), plain) is not None
