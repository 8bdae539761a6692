r"""Patterns that Python and Rust read alike.

Rust's `regex` has no look-around and no back-references, and means other characters by ``\w`` and ``\s``; a ``$`` of
Python's also stands before a last line break. A pattern of what is left is handed on, with its ``$`` spelt out.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["excluded", "portable"]

_PIECE: Final = re.compile(
    r"""(?: (?P<end>\$)
          | (?P<opened>\( (?:\?:)? (?![?*+{]) )
          | (?P<closed>\))
          | \[ \^? (?: [^\\\[\]&~-] | \\[^\w\s] | -(?!-) | ~(?!~) | &(?!&) )+ \]
          | \\[^\w\s] | [^\\\[\]{}()*+?$]
        )
        (?: (?: [*+?] | \{[0-9]+(?:,[0-9]*)?\} ) \?? (?![*+?{]) )?""",
    re.VERBOSE,
)
_ALL_BUT: Final = re.compile(r"\^\(\?!(.*)\)", re.DOTALL)


def portable(pattern: str) -> str | None:
    """Return the pattern for Rust's `regex` that matches what it matches in Python's `re`, or None if none is known."""
    found, place, depth = [], 0, 0
    while place < len(pattern):
        piece = _PIECE.match(pattern, place)
        if piece is None:
            return None
        depth += bool(piece["opened"]) - bool(piece["closed"])
        if depth < 0:
            return None
        found.append(r"(?:\n?\z)" + piece[0][1:] if piece["end"] else piece[0])
        place = piece.end()
    return None if depth else "".join(found)


def excluded(pattern: str) -> str | None:
    """Return what ``^(?!…)`` excludes, for Rust's `regex`; None for any other pattern."""
    whole = _ALL_BUT.fullmatch(pattern)
    inner = portable(whole[1]) if whole else None
    return None if inner is None else f"^(?:{inner})"
