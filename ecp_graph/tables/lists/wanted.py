"""Which findings of the lists are counted, as a condition in SQL."""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final

from ecp_graph.tables.lists.sql import narrowed

__all__ = ["Wanted"]

_CONDITION: Final = """
finding.dimension = :dimension
AND (:grades IS NULL OR grade IN (SELECT value FROM json_each(:grades)))
AND (:kind IS NULL OR finding.kind = :kind)
AND (:on IS NULL OR EXISTS (SELECT 1 FROM finding_thing AS t WHERE t.finding = finding.id AND t.kind = :on))
AND (:plan IS NULL OR finding.id IN (
  SELECT f.finding FROM action AS p JOIN finding_action AS f ON f.action = p.id WHERE p.plan = :plan))
AND (:members IS NULL OR member_a IN (SELECT id FROM term WHERE iri IN (SELECT value FROM json_each(:members))))
AND (:members IS NULL OR member_b IN (SELECT id FROM term WHERE iri IN (SELECT value FROM json_each(:members))))"""


@dataclass(frozen=True)
class Wanted:
    """Findings on two things of a dimension: of some grades, of a kind, on a kind of thing, shown by actions of a plan.

    ``members`` (IRIs) are those that both things are among; None and an empty text stand for any.
    """

    dimension: str
    grades: AbstractSet[str] | None = None
    kind: str = ""
    on: str = ""
    plan: str = ""
    members: AbstractSet[str] | None = field(default=None, hash=False)

    @property
    def values(self) -> dict[str, Any]:
        """The values of the condition."""
        some = {"grades": self.grades, "members": self.members}
        texts = {"dimension": self.dimension, "kind": self.kind, "on": self.on, "plan": self.plan}
        return {name: None if each is None else json.dumps(sorted(each)) for name, each in some.items()} | {
            name: text or None for name, text in texts.items()
        }

    @property
    def condition(self) -> str:
        """The condition on a row of the table ``finding``."""
        return narrowed(_CONDITION, self.values)
