"""Earlier versions of the ontology, which the package keeps: ``versions/VERSION.nt`` beside this module."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pyoxigraph as ox

__all__ = ["earlier_versions"]

_FOLDER: Final = Path(__file__).with_name("versions")


def earlier_versions() -> list[list[ox.Triple]]:
    """Return the triples of each version that is no longer in use, the newest version first."""
    files = sorted(_FOLDER.glob("*.nt"), key=_number, reverse=True)
    return [[quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES)] for path in files]


def _number(path: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", path.stem)]
