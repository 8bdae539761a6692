"""Statements held as N-Quads, and made into objects only where somebody asks for these."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import overload

import pyoxigraph as ox

__all__ = ["NQuads", "NTriples", "parts_of_line", "quad_lines"]


class NQuads(Sequence[ox.Quad]):
    """The quads of some texts, each once, in the order of their first places; they are parsed at the first question.

    ``texts`` are what Oxigraph writes: a quad a line, each term in one form.
    """

    def __init__(self, texts: Sequence[bytes]) -> None:
        self.texts = texts

    @cached_property
    def _quads(self) -> list[ox.Quad]:
        parsed = (quad for text in self.texts for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS))
        return list(dict.fromkeys(parsed))

    def lines(self) -> list[bytes]:
        """Return the lines of the quads, each once, in the order of these, with their ends."""
        return list(dict.fromkeys(self._every_line()))

    def about(self, subjects: Collection[str]) -> list[ox.Quad]:
        """Return the quads whose subject is one of some IRIs."""
        wanted = {f"<{iri}>".encode() for iri in subjects}
        return _parsed(line for line in self._every_line() if line[: line.index(b" ")] in wanted)

    def stating(self, predicates: Collection[str]) -> list[ox.Quad]:
        """Return the quads with one of some predicates (IRIs)."""
        wanted = {f"<{iri}>".encode() for iri in predicates}
        return _parsed(line for line in self._every_line() if line.split(b" ", 2)[1] in wanted)

    def mentions(self, iri: str) -> bool:
        """Return whether an IRI stands in the texts, be it as a term or inside a literal."""
        return any(f"<{iri}>".encode() in text for text in self.texts)

    def iris_of(self, predicate: str) -> set[str]:
        """Return the IRIs that are stated with a predicate (IRI)."""
        stated = re.compile(rb"^[^ ]+ <%b> <([^<> ]+)>" % re.escape(predicate.encode()), re.MULTILINE)
        return {iri.decode() for text in self.texts for iri in stated.findall(text)}

    def _every_line(self) -> Iterator[bytes]:
        return (line for text in self.texts for line in text.splitlines(keepends=True))

    @overload
    def __getitem__(self, at: int) -> ox.Quad: ...
    @overload
    def __getitem__(self, at: slice) -> list[ox.Quad]: ...
    def __getitem__(self, at: int | slice) -> ox.Quad | list[ox.Quad]:
        return self._quads[at]

    def __len__(self) -> int:
        return len(self._quads)

    def __iter__(self) -> Iterator[ox.Quad]:
        return iter(self._quads)


class NTriples(NQuads):
    """The same for quads of the default graph, whose texts are N-Triples too."""


def quad_lines(quads: Iterable[ox.Quad]) -> list[bytes]:
    """Return the lines of quads in N-Quads, each once, with their ends."""
    if isinstance(quads, NQuads):
        return quads.lines()
    text = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    return list(dict.fromkeys(text.splitlines(keepends=True)))


def parts_of_line(line: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Return the terms of a line of N-Quads as it has them; the last one is empty for the default graph.

    No graph has a quotation mark in its name, and what ends a literal has one.
    """
    subject, predicate, rest = line.split(b" ", 2)
    rest = rest[: rest.rindex(b" ")]
    object_, _, graph = rest.rpartition(b" ")
    if object_ and b'"' not in graph:
        return subject, predicate, object_, graph
    return subject, predicate, rest, b""


def _parsed(lines: Iterable[bytes]) -> list[ox.Quad]:
    return list(dict.fromkeys(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)))
