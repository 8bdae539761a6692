"""Every practice of the FAIR report, in the order of its table; see docs/fair.md."""

from __future__ import annotations

from typing import Final

from tests.fair import best_practices, best_practices_access, foops, recipes
from tests.fair.reading import Practice

__all__ = ["PRACTICES", "Practice"]

PRACTICES: Final = [*foops.PRACTICES, *recipes.PRACTICES, *best_practices.PRACTICES, *best_practices_access.PRACTICES]
