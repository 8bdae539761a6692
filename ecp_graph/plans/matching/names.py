"""Names as their words: what of two spellings of a name makes no difference is the same in both."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from ecp_graph.plans.matching.settings import words

__all__ = ["Name", "Word", "is_acronym", "parse_name", "places", "plain", "words_of"]

_QUOTES: Final = frozenset('\u2018\u2019\u201a\u201b\u02bc`\u00b4\u201c\u201d\u201e\u00ab\u00bb"')
_HYPHENS: Final = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
_INVISIBLE: Final = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_WORD: Final = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+")
_ORDINAL: Final = re.compile(r"(\d+)(?:st|nd|rd|th|er|re|e|eme|o|a)", re.IGNORECASE)
_ROMAN: Final = re.compile(r"(?=.)(X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_DIGITS: Final = {"I": 1, "V": 5, "X": 10}
#: The letters that a word has before an ending at the least: "four" is not another spelling of "for".
_STEM_LETTERS: Final = 2
#: An acronym: capitals, perhaps with small letters, digits or hyphens between: PTC, MoH, G20, TFA-WG.
_ACRONYM: Final = re.compile(r"[A-Z](?=.*[A-Z])[A-Za-z0-9&.-]{1,11}")
#: An acronym beside its name: "… (PTC)", "… - PTC", "…, PTC".
_BESIDE: Final = re.compile(r"\(\s*([^()]{2,12}?)\s*\)|(?:\s-\s*|,\s*|/\s*)([A-Z][A-Za-z0-9&.-]*[A-Z])\s*$")


@dataclass(frozen=True)
class Word:
    """A word of a text: ``stem`` is the same for all its spellings, ``start`` and ``end`` say where it is.

    One that ``is_elided`` has an apostrophe after it, as the "l" of "l'eau".
    """

    stem: str
    written: str
    initials: str
    start: int
    end: int
    is_elided: bool = False


@dataclass(frozen=True)
class Name:
    """A name: the stems of its words that make a difference, in their order, and the acronym that is beside it.

    ``breaks`` says for each stem whether a word such as "of", or a sign such as a comma, is before it;
    ``acronyms`` are those of its stems that are written as acronyms; ``initials`` those of all words, and of those that
    make a difference.
    """

    text: str
    stems: tuple[str, ...]
    breaks: tuple[bool, ...]
    acronym: str = ""
    acronyms: frozenset[str] = frozenset()
    initials: frozenset[str] = frozenset()

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers, years and phases in it."""
        return frozenset(stem for stem in self.stems if stem.isdecimal())

    @cached_property
    def is_generic(self) -> bool:
        """Whether it has nothing but numbers, and words that any organization may call its bodies and plans by."""
        return all(stem in words().generic or stem.isdecimal() for stem in self.stems)

    @cached_property
    def ordered(self) -> str:
        """Its stems in the order of the alphabet."""
        return " ".join(sorted(self.stems))

    @cached_property
    def acronym_key(self) -> str:
        """The letters of a name that is an acronym itself, whatever is between them; empty for another."""
        return _letters(self.text) if is_acronym(self.text) else ""


def is_acronym(text: str) -> bool:
    """Return whether a text is written as an acronym: PTC, MoH, TFA-WG, TFA WG."""
    parts = text.split()
    return 0 < len(parts) <= 3 and all(_ACRONYM.fullmatch(part) and _capitals(part) for part in parts)


def parse_name(text: str) -> Name:
    """Return the words of a name, and apart from them an acronym that is after it: "… (PTC)", "… - PTC"."""
    line, acronym = _without_acronym(plain(text))
    found = list(words_of(line))
    kept = [at for at, word in enumerate(found) if not _says_nothing(found, at)] or list(range(len(found)))
    stems: list[str] = []
    breaks: list[bool] = []
    for at, before in zip(kept, [-1, *kept], strict=False):
        parts = found[at].stem.split()
        stems += parts
        breaks += [_is_break(line, found[before + 1 : at + 1], before < 0), *(False for _ in parts[1:])]
    return Name(
        text,
        stems=tuple(stems),
        breaks=tuple(breaks),
        acronym=acronym,
        acronyms=frozenset(found[at].stem for at in kept if is_acronym(found[at].written)),
        initials=frozenset({_initials(found[at] for at in kept), _initials(found)}),
    )


def _says_nothing(found: Sequence[Word], at: int) -> bool:
    """Return whether a word makes no difference between two names, such as "of", or the "No." before a number.

    A capital A at the end, or after the first of words that are not all in capitals, is a name: "Committee A".
    """
    word, is_last = found[at], at + 1 == len(found)
    if len(word.written) == 1 and word.written.isupper() and at and not word.is_elided:
        return not is_last and all(other.written.isupper() for other in found)
    is_sign = word.stem in words().number_signs and not is_last and found[at + 1].stem.isdecimal()
    return is_sign or word.stem in words().stop


def _is_break(line: str, words_before: Sequence[Word], is_first: bool) -> bool:
    """Return whether something is before the last of these words that a name may be turned round at."""
    *between, word = words_before
    if is_first:
        return False
    says_of = any(each.stem not in words().conjunctions for each in between)
    return says_of or line[: word.start].rstrip().endswith((",", ":", ";"))


def _without_acronym(line: str) -> tuple[str, str]:
    """Return a name without the acronym beside it, and the acronym, unless that is one of a part of the name."""
    beside = _BESIDE.search(line)
    if not beside or is_acronym(line) or not is_acronym(acronym := beside[1] or beside[2]):
        return line, ""
    before, behind, key = line[: beside.start()], line[beside.end() :], _letters(acronym)
    if not behind.strip():
        return before, key
    long = list(words_of(before))
    is_long_form = any(key == _initials(long[at:]) for at in range(len(long)))
    return (f"{before} {behind}", "") if is_long_form else (line, "")


def words_of(text: str) -> Iterator[Word]:
    """Yield the words of a text with their stems; a stem of an abbreviation has all its words, with spaces."""
    line = plain(text)
    found = list(_WORD.finditer(line))
    at, before = 0, ""
    while at < len(found):
        end = _end_of_compound(line, found, at)
        pieces = found[at : end + 1]
        first, last = pieces[0].start(), pieces[-1].end()
        initials = "".join(piece[0][0] for piece in pieces).casefold()
        stem = _stem("".join(piece[0] for piece in pieces), is_number=before in words().numbered)
        if " " in stem:
            initials = "".join(part[0] for part in stem.split())
        yield Word(stem, line[first:last], initials, first, last, is_elided=line[last : last + 1] == "'")
        at, before = end + 1, stem


def _end_of_compound(line: str, found: list[re.Match[str]], at: int) -> int:
    """Return the index of the last piece of the word that begins here, as in "sub-committee" and "e-commerce"."""
    if at + 1 == len(found):
        return at
    first, between = found[at][0].casefold(), line[found[at].end() : found[at + 1].start()]
    is_prefix = first in words().prefixes and between in ("-", " ")
    return at + 1 if is_prefix or (first in words().hyphen_prefixes and between == "-") else at


def plain(text: str) -> str:
    """Return a text without accents, with one sort of quote, hyphen and space, and nothing invisible."""
    if text.isascii():
        return " ".join(text.replace('"', "'").split())
    return " ".join("".join(map(_plain_letter, text)).split())


def places(text: str) -> list[int]:
    """Return where each letter of ``plain(text)`` is in the text itself."""
    found: list[int] = []
    is_word_begun = True
    for at, letter in enumerate(text):
        for part in _plain_letter(letter):
            if part.isspace():
                is_word_begun = False
            else:
                found += [at] if is_word_begun or not found else [at - 1, at]
                is_word_begun = True
    return found


@lru_cache(maxsize=4096)
def _plain_letter(letter: str) -> str:
    """Return a letter without its accents, and signs that look alike as one of them."""
    if letter in _INVISIBLE:
        return ""
    letter = "'" if letter in _QUOTES else "-" if letter in _HYPHENS else letter
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))


@lru_cache(maxsize=65_536)
def _stem(written: str, *, is_number: bool) -> str:
    if match := _ORDINAL.fullmatch(written):
        written = match[1]
    if written.isdecimal():
        return written.lstrip("0") or "0"
    if _ROMAN.fullmatch(written) and (is_number or written not in _ROMAN_DIGITS):
        return str(_roman(written))
    word = written.replace(".", "").casefold()
    word = words().abbreviations.get(word, word)
    word = words().ordinals.get(word, word)
    return " ".join(map(_singular, word.split()))


def _singular(word: str) -> str:
    if word not in words().no_plurals and len(word) > 3 and not word.endswith("ss"):
        word = word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")
    for ending, other in words().spellings.items():
        if word.endswith(ending) and len(word) > len(ending) + _STEM_LETTERS:
            return word.removesuffix(ending) + other
    return word


def _roman(text: str) -> int:
    values = [_ROMAN_DIGITS[letter] for letter in text]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def _initials(found: Iterable[Word]) -> str:
    return "".join(word.initials for word in found if not word.stem.isdecimal())


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum()).casefold()


def _capitals(text: str) -> bool:
    return sum(letter.isupper() for letter in text) * 2 > len(text)
