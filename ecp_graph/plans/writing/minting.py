"""IRIs for new things, by the rules of the project: a rigid type and a slug that lasts."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

__all__ = ["Minter", "slug_of"]

_LONGEST: Final = 60
_OTHERS: Final = re.compile(r"[^a-z0-9]+")
_DIGITS: Final = 8


def slug_of(text: str) -> str:
    """Return a text as a slug: lowercase ASCII letters, digits and single hyphens, cut at a word.

    A text in a script that has no such letters gives some digits of its hash.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = _OTHERS.sub("-", plain).strip("-")
    if not slug:
        return "x" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    if len(slug) <= _LONGEST:
        return slug
    return slug[: _LONGEST + 1].rpartition("-")[0] or slug[:_LONGEST]


class Minter:
    """Makes IRIs below a namespace, none of them twice and none that is taken."""

    def __init__(self, base: str, taken: Iterable[str] = ()) -> None:
        self._base = base
        self._taken = set(taken)

    def take(self, iri: str) -> None:
        """Keep an IRI from being made."""
        self._taken.add(iri)

    def mint(self, kind: str, *parts: str) -> str:
        """Return ``BASE KIND/PARTS``, with a number after it where that is taken."""
        slug = "-".join(slug_of(part) for part in parts if part)
        number = 1
        while (iri := f"{self._base}{kind}/{slug}{f'-{number}' if number > 1 else ''}") in self._taken:
            number += 1
        self._taken.add(iri)
        return iri
