"""The drawing of the model in ten boxes, and whether it fits a version of the ontology."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from ecp_graph.linked_data.vocabulary import Vocabulary

__all__ = ["draws_all"]

_DRAWING: Final = Path(__file__).with_name("overview.svg")


def draws_all(vocabulary: Vocabulary) -> bool:
    """Return whether every term of the drawing is one of the ontology's, so that each of its links leads somewhere."""
    return _drawn() <= {term.anchor for term in vocabulary.terms}


@cache
def _drawn() -> frozenset[str]:
    return frozenset(re.findall(r'href="#(\w+)"', _DRAWING.read_text(encoding="utf-8")))
