r"""Patterns that Python and Rust read alike.

Rust's `regex` has no look-around and no back-references, and means other characters by ``\w`` and ``\s``; a ``$`` of
Python's also stands before a last line break. A pattern of what is left is handed on, with its ``$`` spelt out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

__all__ = ["alike", "excluded", "portable"]

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

_CLASS: Final = re.compile(r"\\[wWsS]")
#: A group before a letter, which Oxigraph takes for the name of one; or flags, which are not compared.
_GROUP_OR_FLAGS: Final = re.compile(r"\$[0-9]\w|^[imsqx]+$")
#: Categories of characters that are letters and digits for both, or for neither.
_SAME_FOR_BOTH: Final = frozenset(
    {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Zs", "Sc", "Sm"}
)


def alike(strings: Iterable[str], terms: Iterable[object]) -> bool:
    """Return whether rdflib and Oxigraph match and replace alike, with the patterns and replacements given."""
    classes = False
    for string in strings:
        if _GROUP_OR_FLAGS.search(string):
            return False
        classes = classes or bool(_CLASS.search(string))
        if _is_pattern(string) and portable(_CLASS.sub("x", string)) is None:
            return False
    return all(_is_simple(term.value, classes) for term in terms if isinstance(term, ox.Literal))


def _is_pattern(string: str) -> bool:
    try:
        return bool(re.compile(string))
    except re.error:
        return False


def _is_simple(text: str, classes: bool) -> bool:
    if text.endswith("\n"):
        return False
    if not classes or (text.isascii() and text.isprintable()):
        return True
    return all(unicodedata.category(mark) in _SAME_FOR_BOTH or " " <= mark <= "~" or mark in "\n\r\t" for mark in text)


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
