"""Texts as a search compares them: without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from ecp_graph.queries.names import Named

__all__ = ["entry_line", "fold", "is_word", "line_of", "sought"]

_GAPS: Final = re.compile(r"[\W_]+")
_FIGURES: Final = {"ii": "2", "iii": "3", "iv": "4", "vii": "7", "viii": "8", "ix": "9"}
#: A word shorter than this is looked for at the beginning of words only.
_SHORT: Final = 3


def fold(text: str) -> str:
    """Return the text without case, accents and punctuation, its words one space apart: ``e commerce``.

    Roman numerals that can be nothing else are figures: ``Phase III`` is ``phase 3``.
    """
    plain = text
    if not text.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    words = _GAPS.sub(" ", plain.casefold()).split()
    return " ".join(_FIGURES.get(word, word) for word in words)


def line_of(names: Iterable[str], kind: str) -> str:
    """Return all that something is found by, each name folded with a space before it, and the kind last."""
    return "\t".join(" " + fold(name) for name in (*names, kind))


def entry_line(named: Named) -> str:
    """Return the line of a thing: its label, codes, other names and hidden names."""
    return line_of((named.label, *named.codes, *named.others, *named.hidden), named.kind)


def sought(word: str) -> str:
    """Return what a line has to hold for a folded word: a short one at the beginning of a word only."""
    return word if is_word(word) else " " + word


def is_word(text: str) -> bool:
    """Whether a folded word is long enough to be looked for inside of words, and to be suggested."""
    return len(text) >= _SHORT
