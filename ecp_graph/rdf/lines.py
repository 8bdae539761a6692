"""In which file and line a statement stands, found by reading the text, since no parser tells it of good input."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from ecp_graph.inputs import read_input

__all__ = ["Place", "SourceIndex"]

_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

_TOKEN: Final = re.compile(
    r"""(?P<skip>\#[^\n]*|\s+)
      | (?P<text>\"{3}(?:[^"\\]++|\\.|"(?!""))*+\"{3} | '{3}(?:[^'\\]++|\\.|'(?!''))*+'{3}
                 | "(?:[^"\\\n]++|\\.)*+" | '(?:[^'\\\n]++|\\.)*+')
      | (?P<iri><[^<>\s]*>)
      | (?P<mark>[.;,{}\[\]()](?=\s|$)|[{}\[\](),;])
      | (?P<word>[^\s<>"'{}()\[\];,\#]*[^\s<>"'{}()\[\];,\#.])
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


class Place(NamedTuple):
    """A file, named as its workspace names it, and a line counted from 1."""

    file: str
    line: int


class _Statement(NamedTuple):
    subject: str
    predicate: str
    graph: str | None
    line: int


class SourceIndex:
    """Looks up where subjects stand in Turtle, TriG, N-Triples and N-Quads files; reads them at the first question."""

    def __init__(
        self, files: Sequence[Path], name: Callable[[Path], str], *, read: Callable[[Path], bytes] = read_input
    ) -> None:
        self._files = files
        self._name = name
        self._read = read

    def find(self, subject: str, *, predicate: str | None = None, graphs: Iterable[str] = ()) -> Place | None:
        """Return the first place of the subject (IRI), if possible with the predicate and in one of the graphs."""
        graphs = sorted(graphs)
        keys: list[tuple[str, str | None, str | None]] = []
        keys += [(subject, predicate, graph) for graph in graphs] if predicate else []
        keys += [(subject, predicate, None)] if predicate else []
        keys += [*((subject, None, graph) for graph in graphs), (subject, None, None)]
        return next((place for key in keys if (place := self._places.get(key))), None)

    @cached_property
    def _places(self) -> dict[tuple[str, str | None, str | None], Place]:
        places: dict[tuple[str, str | None, str | None], Place] = {}
        for path in self._files:
            if path.suffix not in {".ttl", ".trig", ".nt", ".nq"}:
                continue
            name = self._name(path)
            for subject, predicate, graph, line in _statements(self._read(path).decode("utf-8", "replace")):
                place = Place(name, line)
                for key in {(subject, p, g) for p in (predicate, None) for g in (graph, None)}:
                    places.setdefault(key, place)
        return places


def _statements(text: str) -> Iterator[_Statement]:
    """Yield each subject and predicate of the text, with its graph; what stands in brackets is passed over."""
    prefixes: dict[str, str] = {}
    terms: list[tuple[str, int]] = []
    graph: str | None = None
    for word, line in _without_brackets(_tokens(text)):
        if word == "{":
            graph, terms = (_resolve(terms[-1][0], prefixes) if terms else None), []
        elif word in ".}":
            graph, terms = (None if word == "}" else graph), []
        elif word == ";":
            terms = terms[:1]
        elif word != ",":
            terms.append((word, line))
            keyword = terms[0][0].lower().lstrip("@")
            if keyword == "prefix" and len(terms) == 3:
                prefixes[terms[1][0].rstrip(":")] = word[1:-1]
                terms = []
            elif keyword == "base" and len(terms) == 2:
                terms = []
            elif len(terms) == 3:
                subject, predicate = (_resolve(term, prefixes) for term, _ in terms[:2])
                yield _Statement(subject, predicate, graph, terms[1][1])


def _without_brackets(tokens: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Yield the tokens with one ``[]`` for each blank node or list, whatever it holds."""
    depth = 0
    for word, line in tokens:
        depth += (word in "[(") - (word in ")]")
        if depth == 0:
            yield ("[]" if word in ")]" else word), line


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "skip":
            yield match.group(), line
        line += match.group().count("\n")


def _resolve(word: str, prefixes: dict[str, str]) -> str:
    if word.startswith("<"):
        return word[1:-1]
    if word == "a":
        return _RDF_TYPE
    prefix, colon, local = word.partition(":")
    return prefixes[prefix] + local.replace("\\", "") if colon and prefix in prefixes else word
