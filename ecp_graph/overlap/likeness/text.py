"""A title as words: their stems, spellings made equal, numbers, and which of them are names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

import snowballstemmer

from ecp_graph.overlap.likeness.settings import held

__all__ = ["Word", "plain", "stem", "stems_of", "words_of"]

_STEMMERS: Final = {"en": "english", "fr": "french", "es": "spanish", "pt": "portuguese"}
_WORD: Final = re.compile(r"[^\W_]+")
_ELISION: Final = re.compile(r"\b(?:l|d|s|n|qu|j|m)['’](?=\w)", re.IGNORECASE)
_POSSESSIVE: Final = re.compile(r"['’]s\b")
_ROMAN_NUMBER: Final = re.compile(r"^(?=[IVX])(?:X{0,2})(?:IX|IV|V?I{0,3})$")
_ROMAN: Final = {"I": 1, "V": 5, "X": 10}


@dataclass(frozen=True)
class Word:
    """A word of a title: as written, its stem, where it stands, and its number if it says one.

    ``is_name`` is for acronyms, and for words with a capital inside a title that is not all in capitals.
    """

    written: str
    stem: str
    start: int
    end: int
    number: int | None
    is_name: bool
    is_acronym: bool
    is_stop: bool


def plain(text: str) -> str:
    """Return a text in lower case without accents."""
    split = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """Return the stem of a word in lower case, without accents and in one spelling."""
    if language == "en":
        word = _spelt(word)
    return plain(_stemmer(language).stemWord(word))


def stems_of(text: str, language: str) -> tuple[str, ...]:
    """Return the stems of all words of a text."""
    return tuple(word.stem for word in words_of(text, language))


def words_of(text: str, language: str) -> tuple[Word, ...]:
    """Return the words of a text in their order."""
    text = _joined(unicodedata.normalize("NFC", text), language)
    found = list(_WORD.finditer(text))
    capitals = sum(match[0][0].isupper() for match in found[1:])
    small = sum(match[0][0].islower() and match[0].casefold() not in _stop(language) for match in found[1:])
    is_headline = capitals > small
    words = []
    for at, match in enumerate(found):
        written = match[0]
        lower = written.casefold()
        is_acronym = len(written) > 1 and sum(letter.isupper() for letter in written) > 1
        is_name = is_acronym or (at > 0 and written[0].isupper() and not is_headline)
        words.append(
            Word(
                written=written,
                stem=plain(written) if is_acronym else stem(lower, language),
                start=match.start(),
                end=match.end(),
                number=_number(written, language, is_alone=_ends_phrase(found, at, language)),
                is_name=is_name,
                is_acronym=is_acronym,
                is_stop=lower in _stop(language) and not is_acronym,
            )
        )
    return tuple(words)


def _joined(text: str, language: str) -> str:
    """Return a text without elisions, and with prefixes joined to their words."""
    text = _ELISION.sub(" ", _POSSESSIVE.sub("", text))
    text = _prefixes().sub(r"\1", text)
    if language == "en":
        for variant, usual in _two_words():
            text = variant.sub(usual, text)
    return text


@cache
def _prefixes() -> re.Pattern[str]:
    words = held("words.yaml")
    loose, tight = "|".join(words["prefixes"]), "|".join(words["hyphen_prefixes"])
    return re.compile(rf"\b((?:{loose})(?=[- ]\w)|(?:{tight})(?=-\w))[- ]", re.IGNORECASE)


@cache
def _two_words() -> Sequence[tuple[re.Pattern[str], str]]:
    spellings: dict[str, str] = held("words.yaml")["spellings"]
    found = ((variant, usual) for variant, usual in spellings.items() if " " in usual)
    return [(re.compile(rf"\b{variant}\b", re.IGNORECASE), usual) for variant, usual in found]


def _spelt(word: str) -> str:
    words = held("words.yaml")
    if word in words["spellings"]:
        return str(words["spellings"][word])
    if word not in _unchanged():
        for ending, usual in words["endings"]:
            if word.endswith(ending) and len(word) > len(ending) + 2:
                return word.removesuffix(ending) + str(usual)
    return word


@cache
def _unchanged() -> frozenset[str]:
    return frozenset(held("words.yaml")["unchanged"])


@cache
def _stop(language: str) -> frozenset[str]:
    return frozenset(held("words.yaml")["stop"][language])


@cache
def _stemmer(language: str) -> Any:
    return snowballstemmer.stemmer(_STEMMERS[language])


def _ends_phrase(found: Sequence[re.Match[str]], at: int, language: str) -> bool:
    return at > 0 and (at + 1 == len(found) or found[at + 1][0].casefold() in _stop(language))


def _number(written: str, language: str, *, is_alone: bool) -> int | None:
    """Return the number that a word says; one letter is a Roman number only at the end of its phrase ("phase I of")."""
    if written.isdecimal():
        return int(written)
    if _ROMAN_NUMBER.match(written) and (len(written) > 1 or is_alone):
        values = [_ROMAN[letter] for letter in written]
        pairs = zip(values, [*values[1:], 0], strict=True)
        return sum(-value if value < after else value for value, after in pairs)
    return _ordinals(language).get(plain(written))


@cache
def _ordinals(language: str) -> dict[str, int]:
    words = held("words.yaml")
    found = {plain(word): at for at, word in enumerate(words["ordinals"][language], 1)}
    feminine = words["feminine_ordinals"].get(language, ())
    for word in feminine:
        likely = [number for usual, number in found.items() if usual[:4] == plain(word)[:4]]
        found[plain(word)] = likely[0] if likely else 2
    return found
