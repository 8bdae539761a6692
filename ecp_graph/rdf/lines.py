"""In which file and line a statement stands, found by reading the text, since no parser tells it of good input.

A file is first cut into its blocks, each the statements of one subject; only the blocks of a subject that somebody asks
for are read word by word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
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
#: What stands before the end of a block, of a graph's name, or of a graph; in the text a full stop ends no word.
_BLOCK: Final = re.compile(
    r"""(?:[^"'<\#.{}]++
      | \"{3}(?:[^"\\]++|\\.|"(?!""))*+\"{3} | '{3}(?:[^'\\]++|\\.|'(?!''))*+'{3}
      | "(?:[^"\\\n]++|\\.)*+" | '(?:[^'\\\n]++|\\.)*+'
      | <[^<>\s]*> | \#[^\n]*+ | \.(?!\s|\Z) | ["'<])*+
      (?P<end>[.{}]|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_SPACE: Final = re.compile(r"(?:\s|\#[^\n]*)*+")
_DIRECTIVE: Final = re.compile(r"@?(?:prefix\s+(?P<prefix>[^\s:]*):|base)\s*<(?P<iri>[^<>\s]*)>", re.IGNORECASE)
#: Of a statement.
_WORDS: Final = 3
#: So many files are held in memory that were read last.
_HELD: Final = 64


class Place(NamedTuple):
    """A file, named as its workspace names it, and a line counted from 1."""

    file: str
    line: int


class _Block(NamedTuple):
    """Where statements of a subject stand in a file, from which line on, in which graph, with which prefixes."""

    path: Path
    start: int
    end: int
    line: int
    graph: str | None
    prefixes: Mapping[str, str]


class SourceIndex:
    """Looks up where subjects stand in Turtle, TriG, N-Triples and N-Quads files; reads them at the first question."""

    def __init__(
        self, files: Sequence[Path], name: Callable[[Path], str], *, read: Callable[[Path], bytes] = read_input
    ) -> None:
        self._files = files
        self._name = name
        self._text = lru_cache(_HELD)(lambda path: read(path).decode("utf-8", "replace"))
        self._places_of = lru_cache(_HELD)(self._places)

    def find(self, subject: str, *, predicate: str | None = None, graphs: Iterable[str] = ()) -> Place | None:
        """Return the first place of the subject (IRI), if possible with the predicate and in one of the graphs."""
        graphs = sorted(graphs)
        keys: list[tuple[str | None, str | None]] = []
        keys += [(predicate, graph) for graph in graphs] if predicate else []
        keys += [(predicate, None)] if predicate else []
        keys += [*((None, graph) for graph in graphs), (None, None)]
        places = self._places_of(subject)
        return next((place for key in keys if (place := places.get(key))), None)

    def _places(self, subject: str) -> dict[tuple[str | None, str | None], Place]:
        """Return the first places of a subject by predicate and graph; None stands for any."""
        places: dict[tuple[str | None, str | None], Place] = {}
        for path, start, end, first, graph, prefixes in self._blocks.get(subject, ()):
            for predicate, line in _predicates(self._text(path)[start:end], prefixes):
                place = Place(self._name(path), first + line - 1)
                for key in {(p, g) for p in (predicate, None) for g in (graph, None)}:
                    places.setdefault(key, place)
        return places

    @cached_property
    def _blocks(self) -> dict[str, list[_Block]]:
        found: dict[str, list[_Block]] = {}
        for path in self._files:
            if path.suffix in {".ttl", ".trig", ".nt", ".nq"}:
                for subject, block in _blocks(path, self._text(path)):
                    found.setdefault(subject, []).append(block)
        return found


def _blocks(path: Path, text: str) -> Iterator[tuple[str, _Block]]:
    """Yield the subjects of a text that are IRIs, and their blocks."""
    prefixes: dict[str, str] = {}
    graph: str | None = None
    line, counted = 1, 0
    for match in _BLOCK.finditer(text):
        start = _SPACE.match(text, match.start(), match.end())
        at = start.end() if start else match.start()
        while directive := _DIRECTIVE.match(text, at, match.end()):
            if directive["prefix"] is not None:
                prefixes = {**prefixes, directive["prefix"]: directive["iri"]}
            at = _SPACE.match(text, directive.end(), match.end()).end()  # type: ignore[union-attr]
        end = match.start("end")
        if match["end"] == "{":
            words = [word for word, _ in _tokens(text[at:end])]
            graph = _resolve(words[-1], prefixes) if words else None
            continue
        first = _TOKEN.match(text, at, end)
        if first and first.lastgroup in {"iri", "word"}:
            line, counted = line + text.count("\n", counted, at), at
            yield _resolve(first.group(), prefixes), _Block(path, at, end, line, graph, prefixes)
        graph = None if match["end"] == "}" else graph


def _predicates(block: str, prefixes: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Yield the predicate of each statement of a block with its line; what stands in brackets is passed over."""
    terms: list[tuple[str, int]] = []
    for word, line in _without_brackets(_tokens(block)):
        if word == ";":
            terms = terms[:1]
        elif word != ",":
            terms.append((word, line))
            if len(terms) == _WORDS:
                predicate, place = terms[1]
                yield _resolve(predicate, prefixes), place


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


def _resolve(word: str, prefixes: Mapping[str, str]) -> str:
    if word.startswith("<"):
        return word[1:-1]
    if word == "a":
        return _RDF_TYPE
    prefix, colon, local = word.partition(":")
    return prefixes[prefix] + local.replace("\\", "") if colon and prefix in prefixes else word
