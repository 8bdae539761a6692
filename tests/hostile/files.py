"""Files that would take down whatever parses them without limits, each by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

__all__ = ["GREEDY_FILES", "TOO_LONG", "write_file"]

_LAUGHS: Final = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))


def _prefixed(letters: int, statements: int) -> str:
    lines = "".join(f"p:{i} p:p p:{i} .\n" for i in range(statements))
    return f"@prefix p: <http://x/{'a' * letters}> .\n{lines}"


#: They take all memory, or overflow the stack.
GREEDY_FILES: Final[dict[str, Callable[[], str]]] = {
    "deep.ttl": lambda: "<u:a> <u:p> " + "<<( <u:s> <u:p> " * 20_000 + "1" + " )>>" * 20_000 + " .",
    "deep.jsonld": lambda: '{"http://x/p":' * 30_000 + "1" + "}" * 30_000,
    "laughs.rdf": lambda: (
        f'<!DOCTYPE r [{_LAUGHS}]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/">'
        '<rdf:Description rdf:about="http://x/a"><x:p>&a9;</x:p></rdf:Description></rdf:RDF>'
    ),
    "prefix-bomb.ttl": lambda: _prefixed(500_000, 30_000),
    "long-result.ttl": lambda: _prefixed(90_000, 120),
}
#: A literal that no parser takes, and one that only N-Quads make too long.
TOO_LONG: Final[dict[str, Callable[[], str]]] = {
    "long.ttl": lambda: f'<u:a> <u:p> "{"x" * 17_000_000}" .',
    "escaped.ttl": lambda: f'<u:a> <u:p> """{chr(127) * 4_000_000}""" .',
}


def write_file(folder: Path, name: str) -> Path:
    """Write one of the files into a folder and return its path."""
    path = folder / name
    path.write_text((GREEDY_FILES | TOO_LONG)[name](), encoding="utf-8")
    return path
