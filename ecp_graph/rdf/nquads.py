"""Statements held as N-Quads, and made into objects only where somebody asks for these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import overload

import pyoxigraph as ox

__all__ = ["NQuads", "NTriples"]


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

    def mentions(self, iri: str) -> bool:
        """Return whether an IRI stands in the texts, be it as a term or inside a literal."""
        return any(f"<{iri}>".encode() in text for text in self.texts)

    def iris_of(self, predicate: str) -> set[str]:
        """Return the IRIs that are stated with a predicate (IRI)."""
        stated = re.compile(rb"^[^ ]+ <%b> <([^<> ]+)>" % re.escape(predicate.encode()), re.MULTILINE)
        return {iri.decode() for text in self.texts for iri in stated.findall(text)}

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
