"""Small releases for pushing: a dataset file and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ecp_graph.engine.asking import ask_table
from ecp_graph.engine.remote import RemoteEngine
from ecp_graph.release.release import Release
from tests.bundled import GRAPH, NAMES

from .stores import Store

__all__ = ["MINI", "A", "B", "C", "count", "mini_release", "statements"]

A, B, C = (f"{GRAPH}test/{name}" for name in "abc")
_P = "<http://example.org/p>"

#: Three graphs: a statement that two of them make, literals with what looks like syntax, and blank nodes.
MINI: Mapping[str, Sequence[str]] = {
    A: [
        f"<http://example.org/1> {_P} <http://example.org/2>",
        f'<http://example.org/1> {_P} "a \\"quoted\\" _:name <x> . \\u00E9\\n"@en',
        f'<http://example.org/1> {_P} "12"^^<http://www.w3.org/2001/XMLSchema#integer>',
    ],
    B: [f"<http://example.org/1> {_P} <http://example.org/2>", f'<http://example.org/3> {_P} "_:b0"'],
    C: [
        f"<http://example.org/list> {_P} _:b0",
        '_:b0 <http://example.org/first> "1"',
        "_:b0 <http://example.org/rest> _:b1",
        '_:b1 <http://example.org/first> "2"',
        "_:b1 <http://example.org/rest> <http://example.org/nil>",
    ],
}


def mini_release(folder: Path, graphs: Mapping[str, Sequence[str]], release_id: str = "0123456789ab") -> Release:
    """A release of these graphs, as far as a push looks at one."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = sorted(f"{line} <{graph}> .\n" for graph, statements in graphs.items() for line in statements)
    (folder / "dataset.nq").write_text("".join(lines), encoding="utf-8")
    return Release(release_id, folder, {}, NAMES)


def statements(graphs: Mapping[str, Sequence[str]]) -> set[str]:
    """The merge of the graphs."""
    return {line for lines in graphs.values() for line in lines}


def count(store: Store, pattern: str) -> int:
    """How many solutions the store finds, asked without the code under test."""
    text = f"SELECT (COUNT(*) AS ?count) WHERE {{ {pattern} }}"
    cell = ask_table(RemoteEngine(store.endpoint), text, timeout_s=30).rows[0][0]
    assert cell is not None
    return int(cell.value)
