"""What the comparison of actions goes by: verbs.yaml, words.yaml and weights.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

__all__ = ["LANGUAGES", "blocking", "conditions", "held", "rules_of", "weights"]

#: The languages whose verbs and words are known; a title in another is read as if it were in the first.
LANGUAGES: Final = ("en", "fr", "es", "pt")


@cache
def held(name: str) -> Mapping[str, Any]:
    """Return what a data file of this folder holds: verbs.yaml, words.yaml or weights.yaml."""
    found: dict[str, Any] = yaml.safe_load(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return found


def rules_of(language: str) -> str:
    """Return the language whose verbs and words a title in a language is read with: "pt" for "pt-BR"."""
    base = language.partition("-")[0].lower()
    return base if base in LANGUAGES else LANGUAGES[0]


def weights() -> Mapping[str, int]:
    """Return the most that each part of a score can add or take away, in thousandths."""
    found: Mapping[str, int] = held("weights.yaml")["parts"]
    return found


def conditions() -> Mapping[str, int]:
    """Return the thresholds of the conditions of the classes; weights.yaml says what each is for."""
    found: Mapping[str, int] = held("weights.yaml")["conditions"]
    return found


def blocking() -> Mapping[str, int]:
    """Return the limits and weights of the search for candidates; weights.yaml says what each is for."""
    found: Mapping[str, int] = held("weights.yaml")["blocking"]
    return found
