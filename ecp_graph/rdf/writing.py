"""RDF written as text, the same bytes for the same statements in the same order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import names
from ecp_graph.rdf.xml_text import checked_xml
from ecp_graph.sparql.formats import Format

__all__ = ["prefixes_in_use", "sorted_head", "write_rdf"]

_HEAD: Final = re.compile(rb"(?:@prefix [^\n]*\n)*")


def write_rdf(
    statements: Iterable[ox.Quad] | Iterable[ox.Triple],
    wanted: Format,
    *,
    prefixes: Mapping[str, str] | None = None,
    plain: bytes | None = None,
) -> bytes:
    """Return statements in a format, in the order given, with the prefixes in use in the order of their names.

    ``prefixes`` are by default those of the workspace. A format without named graphs takes triples alone. ``plain`` is
    the same as N-Quads, where the caller has that; otherwise the statements are written twice. Raises FormatUnfit for
    RDF/XML that could not be read.
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


def prefixes_in_use(plain: bytes, prefixes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the prefixes that abbreviate an IRI of a text of N-Triples or N-Quads, which the longest one does."""
    prefixes = names().prefixes if prefixes is None else prefixes
    starts = zip(prefixes.items(), _starts(tuple(prefixes.values())), strict=True)
    return dict(prefix for prefix, (start, alone) in starts if (alone.search(plain) if alone else start in plain))


def sorted_head(text: bytes) -> tuple[bytes, bytes]:
    """Return the prefixes that Turtle, TriG or N3 declares, a line each in the order of their names, and the rest.

    Oxigraph does not promise an order.
    """
    end = len(_HEAD.match(text)[0])  # type: ignore[index]
    return b"".join(sorted(text[:end].splitlines(keepends=True))), text[end:]


@lru_cache(maxsize=8)
def _starts(namespaces: tuple[str, ...]) -> list[tuple[bytes, re.Pattern[bytes] | None]]:
    """Return how an IRI of each namespace begins, and a pattern for those that are of no longer one where there is."""
    starts: list[tuple[bytes, re.Pattern[bytes] | None]] = []
    for namespace in namespaces:
        start = f"<{namespace}".encode()
        longer = [other for other in namespaces if other.startswith(namespace) and other != namespace]
        rests = b"|".join(re.escape(other.removeprefix(namespace)).encode() for other in longer)
        starts.append((start, re.compile(b"%b(?!%b)" % (re.escape(start), rests)) if longer else None))
    return starts
