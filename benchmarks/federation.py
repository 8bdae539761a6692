"""What generated plans are made of: templates in TriG below world/, and how often what stands in a plan.

A template is one feature of an action, a plan or the register, complete with its readings; ``$name`` stands for a
value. A named graph that several templates open is one graph, so the text of an action is its
templates one after the other.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from string import Template
from typing import Any, Final

__all__ = ["BASE", "Pools", "Thing", "federation", "template"]

#: What every IRI of a generated workspace begins with.
BASE: Final = "https://federation.example/"
_WORLD: Final = Path(__file__).parent / "world"


@cache
def federation() -> Mapping[str, Any]:
    """Return how often generated plans have what, and the words of names: world/federation.toml."""
    return tomllib.loads((_WORLD / "federation.toml").read_text(encoding="utf-8"))


@cache
def template(name: str) -> Template:
    """Return the template of that path below world/; raises FileNotFoundError for one that is not there."""
    return Template((_WORLD / name).read_text(encoding="utf-8"))


@dataclass(frozen=True, order=True)
class Thing:
    """One body, instrument, topic … of a pool: its kind, the number of its pool from 0, and its place there from 1."""

    pool: int
    kind: str
    place: int

    @property
    def number(self) -> str:
        """Its number among all things of its kind, in five digits at least."""
        return f"{self.pool * self._facts['size'] + self.place:05}"

    @property
    def slug(self) -> str:
        """The end of its IRI."""
        return f"{self.kind}-{self.number}"

    @property
    def values(self) -> dict[str, str]:
        """Its name, a variant of it, and its code; no two things of a kind share one of them."""
        first, second = self._words
        return {
            "name": f"{first} {second} {self.number}",
            "variant": f"{second} no. {self.number}",
            "code": f"{first[0]}{second[0]}{self.number}".upper(),
        }

    @property
    def _facts(self) -> Mapping[str, Any]:
        facts: Mapping[str, Any] = federation()["pools"][self.kind]
        return facts

    @property
    def _words(self) -> tuple[str, str]:
        names, kinds = self._facts["names"], self._facts["kinds"]
        at = self.place - 1
        return names[at % len(names)], kinds[at // len(names) % len(kinds)]


class Pools:
    """Chooses things: the first of a pool much more often than the last. Remembers which were written of."""

    def __init__(self) -> None:
        self.used: set[Thing] = set()
        self._chosen: dict[str, Thing] = {}

    def use(self, slugs: Iterable[str]) -> None:
        """Remember that something is written of chosen things."""
        self.used |= {self._chosen[slug] for slug in slugs}

    def pick(self, pool: int, chance: random.Random) -> dict[str, Thing]:
        """Return a thing for each name that templates use, no two of a kind the same."""
        chosen: dict[str, Thing] = {}
        for name, kind in federation()["picks"].items():
            taken = {thing.place for thing in chosen.values() if thing.kind == kind}
            while (place := _place(kind, chance)) in taken:
                pass
            chosen[name] = Thing(pool, kind, place)
        self._chosen |= {thing.slug: thing for thing in chosen.values()}
        return chosen


def _place(kind: str, chance: random.Random) -> int:
    weights = _weights(federation()["pools"][kind]["size"])
    return chance.choices(range(1, len(weights) + 1), cum_weights=weights)[0]


@cache
def _weights(size: int) -> Sequence[float]:
    facts = federation()["pools"]
    return list(accumulate(1 / (place + facts["flatness"]) ** facts["exponent"] for place in range(1, size + 1)))
