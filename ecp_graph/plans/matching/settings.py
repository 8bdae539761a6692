"""What the comparison of names goes by: words.yaml and weights.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

__all__ = ["Weights", "Words", "weights", "words"]


@dataclass(frozen=True)
class Weights:
    """The weights of the parts of a score, and the thresholds; weights.yaml says what each is for."""

    parts: Mapping[str, float]
    ask_from: float
    most_candidates: int
    similar_word: float
    typo_letters: int
    typo_other_words: int
    most_compared: int
    longest: int


@dataclass(frozen=True)
class Words:
    """The words that names are made of; words.yaml says what each list is for."""

    stop: frozenset[str]
    conjunctions: frozenset[str]
    numbered: frozenset[str]
    generic: frozenset[str]
    number_signs: frozenset[str]
    prefixes: frozenset[str]
    hyphen_prefixes: frozenset[str]
    abbreviations: Mapping[str, str]
    spellings: Mapping[str, str]
    no_plurals: frozenset[str]
    ordinals: Mapping[str, str]
    example: tuple[str, ...]
    hidden_in: Mapping[str, frozenset[str]]


@cache
def weights() -> Weights:
    """Return the weights and thresholds."""
    return Weights(**_held("weights.yaml"))


@cache
def words() -> Words:
    """Return the words that names are made of."""
    held = _held("words.yaml")
    return Words(
        stop=frozenset(held["stop"]),
        conjunctions=frozenset(held["conjunctions"]),
        numbered=frozenset(held["numbered"]),
        generic=frozenset(word for line in held["generic"] for word in line),
        number_signs=frozenset(held["number_signs"]),
        prefixes=frozenset(held["prefixes"]),
        hyphen_prefixes=frozenset(held["hyphen_prefixes"]),
        abbreviations=held["abbreviations"],
        spellings=held["spellings"],
        no_plurals=frozenset(held["no_plurals"]),
        ordinals={word: str(number) for number, each in held["ordinals"].items() for word in each},
        example=tuple(held["example"]),
        hidden_in={kind: frozenset(others) for kind, others in held["hidden_in"].items()},
    )


def _held(name: str) -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return held
