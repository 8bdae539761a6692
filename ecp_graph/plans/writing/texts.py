"""Texts of cells as the graph holds them."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["clean", "key", "numbered", "words"]

#: What a text of the graph may not hold, as the core shapes have it: controls, and characters of no width.
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\uffff]"
)
_NUMBERED: Final = re.compile(r"(\d+(?:\.\d+)*|[IVXLC]+(?=[.):])|[A-Z](?=[.):]))[.):]*\s*[-–—:]?\s+(?=\S)(.+)")
_NOT_WORDS: Final = re.compile(r"[\W_]+")


def clean(text: str) -> str:
    """Return a text on one line with single spaces, without characters that nobody sees."""
    return " ".join(_UNSEEN.sub("", " ".join(text.split())).split())


def key(text: str) -> str:
    """Return what two texts have in common that differ in case and spaces alone."""
    return clean(text).casefold()


def words(text: str) -> str:
    """Return the words of a text with single spaces between them and around, to look for a name among them."""
    return f" {_NOT_WORDS.sub(' ', text.casefold()).strip()} "


def numbered(text: str) -> tuple[str, str]:
    """Return the number that a heading begins with and what follows; the number is empty where there is none."""
    found = _NUMBERED.fullmatch(clean(text))
    return (found[1], found[2]) if found else ("", clean(text))
