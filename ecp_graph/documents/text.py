"""The normalised text of a document: what the positions of passages count and what their hashes are made of.

Copies of one document differ in line breaks, split words, typographic quotes and dashes. The normalised text does not:
it is in Unicode's form NFKC, its quotes and dashes are those of ASCII, and it has no white space at all.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

__all__ = ["cut", "normalised", "text_hash", "word_starts"]

_SINGLE_QUOTES: Final = "‘’‚‛"
_DOUBLE_QUOTES: Final = "“”„‟"
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
#: Soft hyphen, and characters of no width: space, non-joiner, joiner, word joiner, byte order mark.
_INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_PLAIN: Final = str.maketrans(
    {
        **dict.fromkeys(_SINGLE_QUOTES, "'"),
        **dict.fromkeys(_DOUBLE_QUOTES, '"'),
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_INVISIBLE, ""),
    }
)
_WORD: Final = re.compile(r"\S+")
#: Medial vowels and final consonants of Hangul: letters that are composed with the one before them.
_JAMO: Final = ("\u1160", "\u11ff")


def normalised(text: str) -> str:
    """Return the normalised text: NFKC, with straight quotes, hyphens for dashes, and without white space."""
    return "".join(map(_plain, text.split()))


def text_hash(text: str) -> str:
    """Return the SHA-256 of the normalised text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()


def word_starts(text: str) -> Iterator[tuple[int, bool]]:
    """Yield where each word begins, in characters of the normalised text, and whether it begins a line of the text."""
    at, before = 0, 0
    for word in _WORD.finditer(text):
        if plain := _plain(word[0]):
            yield at, not at or "\n" in text[before : word.start()]
            at, before = at + len(plain), word.end()


def cut(text: str, start: int, end: int) -> str:
    """Return the shortest part of a text, as it stands, that holds its normalised characters from start to end."""
    origins = list(_origins(text))[start:end]
    return text[origins[0][0] : origins[-1][1]] if origins else ""


def _plain(word: str) -> str:
    """Return the normalised form of a text without white space, in which NFKC may write some."""
    return word if word.isascii() else "".join(unicodedata.normalize("NFKC", word).translate(_PLAIN).split())


def _origins(text: str) -> Iterator[tuple[int, int]]:
    """Yield for each normalised character where the characters that it comes from begin and end in the text."""
    for word in _WORD.finditer(text):
        at = word.start()
        for cluster in [word[0]] if word[0].isascii() else _clusters(word[0]):
            if cluster.isascii():
                yield from ((place, place + 1) for place in range(at, at + len(cluster)))
            else:
                yield from [(at, at + len(cluster))] * len(_plain(cluster))
            at += len(cluster)


def _clusters(word: str) -> Iterator[str]:
    """Yield the parts of a word that can be brought into NFKC each by itself."""
    begin = 0
    for at, character in enumerate(word):
        if at > begin and not _joins(character):
            yield word[begin:at]
            begin = at
    yield word[begin:]


def _joins(character: str) -> bool:
    """Whether a character may be composed with the one before it."""
    first = unicodedata.normalize("NFKD", character)[0]
    return unicodedata.category(first).startswith("M") or _JAMO[0] <= first <= _JAMO[1]
