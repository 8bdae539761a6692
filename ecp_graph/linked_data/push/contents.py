"""The contents of a push: the graphs of a release as N-Triples, each with a digest, large ones in pieces."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from ecp_graph.errors import ReleaseError

__all__ = ["Content", "merged", "pieces", "read_contents"]

_NODE: Final = rb"<[^>]*>|_:\S+"
_LITERAL: Final = rb'"(?:[^"\\]|\\.)*+"(?:@[\w-]+|\^\^<[^>]*>)?'
_LINE: Final = re.compile(
    rb"(?P<triple>(?:%s) <[^>]*> (?:%s|%s)) (?:<(?P<graph>[^>]*)> )?\.\n?" % (_NODE, _NODE, _LITERAL)
)
_BLANK: Final = re.compile(rb"(?<!\S)_:\S+")


@dataclass(frozen=True)
class Content:
    """One graph's statements, one line of N-Triples each; the graph None is the default graph."""

    graph: str | None
    lines: Sequence[bytes]

    @property
    def name(self) -> str:
        """The graph as messages name it."""
        return f"graph {self.graph}" if self.graph else "default graph"

    @cached_property
    def digest(self) -> str:
        """The SHA-256 over the lines."""
        digest = hashlib.sha256()
        for line in self.lines:
            digest.update(line)
        return digest.hexdigest()


def read_contents(dataset: Path) -> list[Content]:
    """Return the graphs of a release's N-Quads file, ordered by IRI; statements outside named graphs come first.

    Literals stay as they were written. Raises ReleaseError for a line that is not as a build writes it.
    """
    graphs: dict[str | None, list[bytes]] = {}
    with dataset.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            found = _LINE.fullmatch(line)
            if found is None:
                raise ReleaseError(f"{dataset}:{number} is not a statement. Run `ecp-graph build` to recreate it.")
            graph = found["graph"].decode() if found["graph"] is not None else None
            graphs.setdefault(graph, []).append(found["triple"] + b" .\n")
    return [Content(graph, graphs[graph]) for graph in sorted(graphs, key=lambda graph: graph or "")]


def merged(contents: Iterable[Content], graph: str | None) -> Content:
    """Return the merge of the graphs, each statement once, to be put into the graph given."""
    return Content(graph, sorted({line for content in contents for line in content.lines}))


def pieces(content: Content, max_bytes: int) -> Iterator[bytes]:
    """Yield the lines joined, at most ``max_bytes`` at a time where it can be.

    Statements that hang together by blank nodes stay in one piece, however long, because a blank node of one request
    is another node than that of the next.
    """
    piece: list[bytes] = []
    size = 0
    for group in _groups(content.lines):
        length = sum(map(len, group))
        if piece and size + length > max_bytes:
            yield b"".join(piece)
            piece, size = [], 0
        piece += group
        size += length
    yield b"".join(piece)


def _groups(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield lines that have to stay together: one alone, or all that are connected by blank nodes."""
    leader: dict[bytes, bytes] = {}

    def find(node: bytes) -> bytes:
        while (above := leader.setdefault(node, node)) != node:
            leader[node] = leader[above]
            node = above
        return node

    connected: list[tuple[bytes, bytes]] = []
    for line in lines:
        nodes = _blank_nodes(line)
        if not nodes:
            yield [line]
            continue
        for node in nodes[1:]:
            leader[find(node)] = find(nodes[0])
        connected.append((nodes[0], line))
    groups: dict[bytes, list[bytes]] = {}
    for node, line in connected:
        groups.setdefault(find(node), []).append(line)
    yield from groups.values()


def _blank_nodes(line: bytes) -> list[bytes]:
    """Return the blank nodes of a statement; text in a literal that looks like one is none."""
    if b"_:" not in line:
        return []
    outside = line.partition(b' "')[0]
    return _BLANK.findall(outside)
