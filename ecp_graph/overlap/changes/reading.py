"""The plans of a release and their actions, out of its tidy tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from ecp_graph.errors import ParameterError, ReleaseError
from ecp_graph.overlap.changes.rows import Party, PlanRow, PlanTime, same_words
from ecp_graph.tables.tidy import connected, literal, quoted

__all__ = ["NamedPlan", "bodies_in", "named_plan", "party_of", "plan_rows", "plans_in"]

_TABLES: Final = ("action_instruments", "actions", "bodies", "plans", "responsibilities", "topic_links")
_PLANS: Final = """
SELECT iri, coalesce(code, ''), coalesce(name, ''), count(a.plan)
FROM plans LEFT JOIN (SELECT plan FROM actions) AS a ON a.plan = iri GROUP BY ALL ORDER BY iri"""
_BODIES: Final = "SELECT iri, coalesce(name, iri), coalesce(code, name, iri) FROM bodies"
#: Who is responsible as a plan names it, not who has to do with a row for another reason.
_ROWS: Final = """
SELECT coalesce(number, ''), coalesce(title, ''), coalesce(title_language, ''), coalesce(chapter_name, ''),
  coalesce(timeframe_text, ''), coalesce(timeframe_kind, ''), coalesce(from_date::VARCHAR, ''),
  coalesce(until_date::VARCHAR, ''), coalesce(responsible_text, ''), parties, things
FROM actions
LEFT JOIN (
  SELECT action, list({'name': coalesce(party_name, party), 'shown': coalesce(party_code, party_name, party),
    'role': role} ORDER BY party) AS parties
  FROM responsibilities WHERE how = 'named' AND role <> 'involved' GROUP BY action) AS r ON r.action = iri
LEFT JOIN (
  SELECT action, list(DISTINCT thing) AS things FROM (
    SELECT action, instrument AS thing FROM action_instruments
    UNION ALL SELECT thing, topic FROM topic_links) GROUP BY action) AS t ON t.action = iri
WHERE plan = $plan ORDER BY position, iri"""


@dataclass(frozen=True)
class NamedPlan:
    """A plan of a release: its IRI, code and name, and the number of its actions."""

    iri: str
    code: str
    name: str
    actions: int

    @property
    def slug(self) -> str:
        """The end of its IRI."""
        return self.iri.rpartition("/")[2]


def plans_in(tables: Path) -> tuple[NamedPlan, ...]:
    """Return the plans of a release, by the folder of its tables.

    Raises ReleaseError where it has no such tables, or they lack a column.
    """
    return tuple(NamedPlan(*row) for row in _asked(tables, _PLANS))


def named_plan(name: str, tables: Path) -> NamedPlan | None:
    """Return the plan of that slug, IRI or code; None where there is none.

    Raises as `plans_in`, and ParameterError where several plans have the code.
    """
    plans = plans_in(tables)
    found = [plan for plan in plans if name in (plan.slug, plan.iri)]
    found = found or [plan for plan in plans if plan.code and plan.code.casefold() == name.casefold()]
    if len(found) > 1:
        iris = ", ".join(plan.iri for plan in found)
        raise ParameterError(f"Several plans are called '{name}'. Give the IRI of one of them: {iris}.")
    return found[0] if found else None


def plan_rows(plan: str, tables: Path) -> tuple[PlanRow, ...]:
    """Return the actions of a plan, by its IRI, in their order; raises as `plans_in`."""
    return tuple(_row(*row) for row in _asked(tables, _ROWS, plan=plan))


def bodies_in(tables: Path) -> dict[str, Party]:
    """Return the bodies of a release by their IRIs, as those who are responsible for actions; raises as `plans_in`."""
    return {iri: party_of(name, code) for iri, name, code in _asked(tables, _BODIES)}


def _asked(tables: Path, select: str, **values: str) -> list[tuple[Any, ...]]:
    missing = [name for name in _TABLES if not (tables / f"{name}.parquet").is_file()]
    if missing:
        raise ReleaseError(
            f"{tables} has no table {', '.join(missing)}, so plans cannot be compared. Run `ecp-graph build`, with the "
            "package's queries/tables/ or one that has these."
        )
    with connected(tables) as connection:
        for name in _TABLES:
            path = literal(str(tables / f"{name}.parquet"))
            connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM read_parquet({path})")
        try:
            return connection.execute(select, values or None).fetchall()
        except duckdb.BinderException as reason:
            raise ReleaseError(
                f"{tables} was written by another version of ecp-graph, so its plans cannot be compared with those of "
                f"this one ({str(reason).splitlines()[0]}). Build that release again from its files."
            ) from reason


def _row(
    number: str,
    title: str,
    language: str,
    chapter: str,
    text: str,
    kind: str,
    begins: str,
    ends: str,
    responsible: str,
    parties: list[dict[str, str]] | None,
    things: list[str] | None,
) -> PlanRow:
    named = [party_of(each["name"], each["shown"], each["role"]) for each in parties or ()]
    if not named and responsible:
        named = [party_of(responsible, responsible)]
    begins = "" if kind == "deadline" else begins
    time = PlanTime(text, kind, (begins, ends))
    return PlanRow(number, title, language or "en", chapter, tuple(named), time, frozenset(things or ()))


def party_of(name: str, shown: str, role: str = "") -> Party:
    """Return who is responsible, the same for one name, whoever describes it."""
    return Party(" ".join(same_words(name)) or name, shown, "" if role in ("responsible", "open") else role)
