"""The words of plans, from wordings.yaml: of headings, of rows that are no actions, and inside cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

__all__ = ["LANGUAGES", "Heading", "Wordings", "plain", "wordings"]

LANGUAGES: Final = ("en", "fr", "es", "pt")
_FILE: Final = Path(__file__).with_name("wordings.yaml")
_LONGEST_HEADING_WORDS: Final = 14
_SHARE: Final = 0.3
#: Words that a wording of a list has at most.
_MOST_WORDS: Final = 6
#: Fields that say more of bodies than that they are some.
_ROLES: Final = frozenset({"lead", "partner", "consulted"})
_NOT_WORDS: Final = re.compile(r"[^\w]+|_")


@dataclass(frozen=True)
class Heading:
    """What a heading says: the name of a field, the share of its words that say so, and in which languages.

    ``is_weak`` is one that tables of other things have too.
    """

    field: str
    share: float
    languages: frozenset[str]
    is_weak: bool = False


@dataclass(frozen=True)
class Wordings:
    """The content of the file: lists of words by language."""

    content: Mapping[str, Any]

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """The fields with the property that each stands for, as a prefixed name."""
        return {name: str(field["property"]) for name, field in self.content["fields"].items()}

    @cached_property
    def _lists(self) -> dict[str, tuple[str, ...]]:
        return {}

    @cached_property
    def _plain_lists(self) -> dict[str, frozenset[str]]:
        return {}

    def every(self, name: str) -> tuple[str, ...]:
        """Return the words of a list in all languages, the longest first."""
        if name not in self._lists:
            words = {word for words in self.content[name].values() for word in words}
            self._lists[name] = tuple(sorted(words, key=lambda word: (-len(word), word)))
        return self._lists[name]

    def plainly(self, name: str) -> frozenset[str]:
        """Return the words of a list in all languages, as `plain` has them."""
        if name not in self._plain_lists:
            self._plain_lists[name] = frozenset(map(plain, self.every(name)))
        return self._plain_lists[name]

    @cached_property
    def blanks(self) -> frozenset[str]:
        """Cells that say that there is nothing, in lower case."""
        return frozenset(self.content["blanks"])

    @cached_property
    def marks(self) -> frozenset[str]:
        """Cells that say that an action falls into the time of their column, in lower case."""
        return frozenset(self.content["marks"])

    def word(self, name: str, language: str) -> str:
        """Return the first word of a list in a language, or in English."""
        return str(self.content[name].get(language, self.content[name]["en"])[0])

    @cached_property
    def _fillers(self) -> frozenset[str]:
        return self.plainly("fillers")

    @cached_property
    def _headings(self) -> Mapping[tuple[str, ...], tuple[Heading, ...]]:
        """Return what each wording says, by its words without fillers."""
        found: dict[tuple[str, ...], dict[tuple[str, bool], set[str]]] = {}
        for name, field in self.content["fields"].items():
            for kind in ("headings", "weak"):
                for language, words in field.get(kind, {}).items():
                    for wording in words:
                        key = self._said(wording)
                        found.setdefault(key, {}).setdefault((name, kind == "weak"), set()).add(language)
        return {
            key: tuple(Heading(name, 1, frozenset(languages), weak) for (name, weak), languages in said.items())
            for key, said in found.items()
        }

    def heading(self, text: str) -> Heading | None:
        """Return what a heading says, by the wording that covers most of its words; none where no wording does."""
        words = self._said(text)
        if not 0 < len(words) <= _LONGEST_HEADING_WORDS or self.is_one_of(text, "no_headings"):
            return None
        is_beside = not self.plainly("beside").isdisjoint(words)
        for length in range(len(words), 0, -1):
            if length / len(words) < (1 if is_beside else _SHARE):
                break
            found = [
                known
                for start in range(len(words) - length + 1)
                for known in self._headings.get(words[start : start + length], ())
            ]
            if found:  # "collaborating institutions" says more than that they are institutions
                known = next((one for one in found if one.field in _ROLES), found[0])
                return Heading(known.field, length / len(words), known.languages, known.is_weak)
        return None

    def begins(self, text: str, name: str) -> bool:
        """Whether a text begins with a wording of the list, as whole words."""
        words = plain(text).split()
        return any(
            " ".join(words[:length]) in self.plainly(name) for length in range(1, min(len(words), _MOST_WORDS) + 1)
        )

    def ends(self, text: str, name: str) -> bool:
        """Whether a text ends with a wording of the list, as whole words."""
        words = plain(text).split()
        return any(
            " ".join(words[-length:]) in self.plainly(name) for length in range(1, min(len(words), _MOST_WORDS) + 1)
        )

    def is_one_of(self, text: str, name: str) -> bool:
        """Whether a text is a wording of the list."""
        return plain(text) in self.plainly(name)

    def _said(self, text: str) -> tuple[str, ...]:
        words = plain(text).split()
        return tuple(word for word in words if word not in self._fillers) or tuple(words)


@cache
def wordings() -> Wordings:
    """Return the wordings of the package."""
    # no word is taken for a truth value, as "no" would be
    return Wordings(yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))  # noqa: S506 - strings only


@lru_cache(maxsize=10_000)
def plain(text: str) -> str:
    """Return the words of a text in lower case, without accents and punctuation, one space apart."""
    letters = (c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _NOT_WORDS.sub(" ", "".join(letters)).strip()
