"""In which file and line a statement stands, found by reading the text, since no parser tells it of good input.

A file is first cut into its blocks, each the statements of one subject; only the blocks of a subject that somebody asks
for are read word by word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import pyoxigraph as ox

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
#: Predicate, value in the syntax of N-Triples, and graph; None stands for any.
_Key: TypeAlias = tuple[str | None, str | None, str | None]
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

    def find(
        self, subject: str, *, predicate: str | None = None, value: str | None = None, graphs: Iterable[str] = ()
    ) -> Place | None:
        """Return the first place of the subject (IRI), as near to the statement as it is known.

        That is the line of the value, a term in the syntax of N-Triples; or else of the predicate, of the value of
        another predicate, or of the subject; each if possible in one of the graphs.
        """
        within = [*sorted(graphs), None]
        wanted = ((predicate, value), (predicate, None), (None, value), (None, None))
        keys = ((*key, graph) for key in dict.fromkeys(wanted) for graph in within)
        places = self._places_of(subject)
        return next((place for key in keys if (place := places.get(key))), None)

    def _places(self, subject: str) -> dict[_Key, Place]:
        """Return the first place of each kind of statement of a subject."""
        places: dict[_Key, Place] = {}
        for path, start, end, first, graph, prefixes in self._blocks.get(subject, ()):
            for predicate, value, line, line_of_value in _statements(self._text(path)[start:end], prefixes):
                for key in product((predicate, None), (value, None), (graph, None)):
                    at = line if key[1] is None else line_of_value
                    places.setdefault(key, Place(self._name(path), first + at - 1))
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


def _statements(block: str, prefixes: Mapping[str, str]) -> Iterator[tuple[str, str | None, int, int]]:
    """Yield predicate and value of each statement of a block, and the lines on which each of the two begins.

    What stands in brackets is passed over; a value that is in brackets or does not parse is None.
    """
    tokens = _without_brackets(_tokens(block))
    next(tokens, None)  # the subject
    predicate: tuple[str, int] | None = None
    value: list[tuple[str, int]] = []
    for word, line in (*tokens, (";", 0)):
        if word in {",", ";"}:
            if predicate and value:
                words = [one for one, _ in value]
                yield _resolve(predicate[0], prefixes), _value(words, prefixes), predicate[1], value[0][1]
            predicate, value = (None if word == ";" else predicate), []
        elif predicate is None:
            predicate = word, line
        else:
            value.append((word, line))


def _value(words: Sequence[str], prefixes: Mapping[str, str]) -> str | None:
    """Return a value in the syntax of N-Triples."""
    first, *rest = words
    iri = _resolve(first, prefixes)
    if first.startswith("<") or iri != first:
        return f"<{iri}>"
    datatype = "".join(rest)
    if datatype.startswith("^^") and not datatype.startswith("^^<"):
        datatype = f"^^<{_resolve(datatype[2:], prefixes)}>"
    try:
        (triple,) = ox.parse(f"<urn:s> <urn:p> {first}{datatype} .", format=ox.RdfFormat.TURTLE)
    except (SyntaxError, ValueError):
        return None
    return str(triple.object)


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
