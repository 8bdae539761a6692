"""Mutations: slips that are made in the bundled data on purpose, each with the rule that catches it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import yaml

from tests.bundled import PREFIXES

__all__ = ["REASONER", "Mutation", "iri", "mutations"]

#: Stands for a rule where the axioms of the ontology contradict the slip.
REASONER: Final = "reasoner"

_FOLDER: Final = Path(__file__).parent
_PREFIXES: Final = {
    **PREFIXES,
    "budget": PREFIXES["id"] + "budget/",
    "external": PREFIXES["graph"] + "external/",
    "indicator": PREFIXES["id"] + "indicator/",
    "measurement": PREFIXES["id"] + "measurement/",
    "participation": PREFIXES["id"] + "participation/",
    "schema": "http://schema.org/",
}
_HEAD: Final = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in _PREFIXES.items())


@dataclass(frozen=True)
class Mutation:
    """A slip: statements that leave every reading, statements that are put in, and what is expected of them.

    ``given`` is put in before, and does not break the rule.
    """

    number: int
    slip: str
    taken_out: str = ""
    put_in: str = ""
    given: str = ""
    caught_by: str | None = None
    at: str = ""
    uncaught: str = ""

    def statements(self, part: str) -> list[ox.Quad]:
        """Return the statements of a part: ``taken_out``, ``put_in`` or ``given``."""
        return list(ox.parse(_HEAD + getattr(self, part), format=ox.RdfFormat.TRIG))


@cache
def mutations() -> list[Mutation]:
    """Return all mutations in the order of their numbers."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.yaml")))
    return sorted((Mutation(**one) for text in texts for one in yaml.safe_load(text)), key=lambda one: one.number)


def iri(name: str) -> str:
    """Return the full form of a name such as body:ptc; a full one comes back as it is."""
    prefix, _, local = name.partition(":")
    return _PREFIXES[prefix] + local if prefix in _PREFIXES else name
