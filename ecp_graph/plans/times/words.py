"""The words of the grammar of times: those of words.yaml, and the names of months of CLDR."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, TypeAlias

import yaml
from babel.dates import get_month_names

__all__ = ["Meaning", "Phrase", "Words", "plain", "split", "words"]

#: The words of a phrase, without accents and case.
Phrase: TypeAlias = tuple[str, ...]
#: What a phrase means: the sort of its token, and a value: the month, the parts of a year …
Meaning: TypeAlias = tuple[str, "int | str"]

_PIECE: Final = re.compile(r"[^\W\d_]+|\d+|[^\w\s']")
#: Sections of a language whose words have a value; all others are lists.
_VALUED: Final = {"units": "unit", "parts": "part", "seasons": "season", "numbers": "number"}
_DASHES: Final = re.compile("[\u2010-\u2015\u2212\u00ad]")
_QUOTES: Final = re.compile("[\u2018\u2019\u02bc`\u00b4]")


@dataclass(frozen=True)
class Words:
    """The words of the grammar; ``phrases`` are looked up by their words."""

    phrases: Mapping[Phrase, Meaning]
    part_codes: Mapping[str, int]
    ordinal_endings: tuple[str, ...]
    no_acronyms: frozenset[str]

    @property
    def longest(self) -> int:
        """How many words the longest phrase has."""
        return max(map(len, self.phrases))


def plain(text: str) -> str:
    """Return the text without accents, with one sort of dash, apostrophe and space; its case is kept."""
    parts = unicodedata.normalize("NFKD", _DASHES.sub("-", _QUOTES.sub("'", text)))
    bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return " ".join(unicodedata.normalize("NFKC", bare).split())


def split(text: str) -> Phrase:
    """Return the words, numbers and signs of a text as phrases have them."""
    return tuple(_PIECE.findall(plain(text).casefold()))


@cache
def words() -> Words:
    """Return the words of the grammar; raises ValueError where a phrase has two meanings."""
    held = yaml.safe_load(resources.files(__package__).joinpath("words.yaml").read_text(encoding="utf-8"))
    phrases: dict[Phrase, Meaning] = {}
    for text, meaning in _meanings(held):
        phrase = split(text)
        if phrases.setdefault(phrase, meaning) != meaning:
            raise ValueError(f"words.yaml: '{text}' means {phrases[phrase]} as well as {meaning}.")
    return Words(phrases, held["part_codes"], tuple(held["ordinal_endings"]), frozenset(held["no_acronyms"]))


def _meanings(held: Mapping[str, Any]) -> Iterator[tuple[str, Meaning]]:
    for language in held["months"]:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for month, name in get_month_names(width, context, language).items():
                    yield name.rstrip("."), ("month", month)
    for month, names in held["abbreviations"].items():
        yield from ((name, ("month", month)) for name in names)
    for sections in held["languages"].values():
        for section, entries in sections.items():
            if section in _VALUED:
                sort = _VALUED[section]
                yield from ((word, (sort, key)) for key, texts in entries.items() for word in texts)
            else:
                yield from ((word, (section, "")) for word in entries)
