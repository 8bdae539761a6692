"""An engine that resolves SERVICE clauses before evaluation, for endpoints on an allow-list.

The steps: find the clauses, check their addresses against the list, parse the query with the engine over an empty
dataset, query the endpoints, insert their rows, evaluate. So nothing is sent for a malformed query.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ecp_graph.engine import NOBODY, Answer, Asker, Engine, Question
from ecp_graph.engine.federation.addresses import resolver
from ecp_graph.engine.federation.allowed import Allowed, Endpoint
from ecp_graph.engine.federation.clauses import (
    Clause,
    asked_text,
    filled_text,
    find_clauses,
    scope_text,
    stand_in_text,
)
from ecp_graph.engine.federation.rows import no_binding, values_of
from ecp_graph.engine.remote import RemoteEngine
from ecp_graph.errors import EndpointError, EngineBusy, QueryTimeout, ResultTooLarge, ServiceRefused, ServiceUnusable
from ecp_graph.sparql.guard import has_service, refuse_service
from ecp_graph.sparql.results import parse_table
from ecp_graph.sparql.text import position

__all__ = ["FederatedEngine", "ServiceLimits"]

#: The share of the remaining time that endpoints may use, so that some is left for the join.
_SHARE: Final = 0.8
#: The time limit of a query if the caller sets none.
_USUAL_LIMIT_S: Final = 60.0


@dataclass(frozen=True)
class ServiceLimits:
    """Limits for SERVICE: rows and bytes per clause, and the number of queries that wait for endpoints at once."""

    rows: int = 10_000
    bytes: int = 10_000_000
    places: int = 4


@dataclass
class _Filling:
    """The state of a running query: who sent it, its deadline, and the answers of endpoints so far."""

    question: Question
    asker: Asker
    deadline: float
    limit_s: float
    values: dict[tuple[str, str], str] = field(default_factory=dict)
    rows: int = 0

    @property
    def sparql(self) -> str:
        """The text of the query."""
        return self.question.text

    def left_s(self) -> float:
        """Return the seconds that are left; raises QueryTimeout if there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise QueryTimeout(self.limit_s)
        return left

    def left_rounded_s(self) -> float:
        """Return the seconds that are left, rounded for display."""
        left = self.left_s()
        return round(left, 1) or left


class FederatedEngine(Engine):
    """Resolves the SERVICE clauses of queries, and evaluates the result with another engine."""

    def __init__(self, engine: Engine, allowed: Allowed, limits: ServiceLimits | None = None) -> None:
        self._engine = engine
        self._allowed = allowed
        self._limits = limits or ServiceLimits()
        self._places = threading.BoundedSemaphore(self._limits.places)

    def answer(self, question: Question, asker: Asker = NOBODY) -> Answer:
        """Return the answer; raises what `Engine.answer` raises.

        A query without SERVICE is passed on unchanged. Otherwise also raises ServiceRefused for an address that is not
        on the list or an unsupported clause; EndpointError and EndpointTimeout if an endpoint fails and the clause is
        not SILENT; ServiceUnusable if an answer exceeds the limits, even with SILENT; and EngineBusy if too many
        queries wait for endpoints.
        """
        if not has_service(question.text):
            return self._engine.answer(question, asker)
        started = time.monotonic()
        limit_s = question.limit_s if question.limit_s is not None else _USUAL_LIMIT_S
        filling = _Filling(question, asker, started + limit_s, limit_s)
        text = self._filled(filling)
        outside = {"service_ms": round((time.monotonic() - started) * 1000, 1), "service_rows": filling.rows}
        answer = self._engine.answer(replace(question, text=text, limit_s=filling.left_rounded_s()), asker)
        answer.facts.update(outside)
        return answer

    def describe(self) -> str:
        """Return the description of the wrapped engine."""
        return self._engine.describe()

    def problem(self) -> str:
        """Return the problem of the wrapped engine."""
        return self._engine.problem()

    def close(self) -> None:
        """Close the wrapped engine."""
        self._engine.close()

    def _filled(self, filling: _Filling) -> str:
        """Return the query with its clauses replaced by rows."""
        clauses = find_clauses(filling.sparql)
        endpoints = [self._endpoint(filling.sparql, clause) for clause in clauses]
        stand_in = stand_in_text(filling.sparql, clauses)
        refuse_service(stand_in)  # a clause that was not found
        parsed = self._over_nothing(stand_in, filling)
        parsed.close()
        if not self._places.acquire(blocking=False):
            raise EngineBusy
        try:
            values = [self._values(filling, *pair) for pair in zip(clauses, endpoints, strict=True)]
        finally:
            self._places.release()
        return filled_text(filling.sparql, clauses, values)

    def _endpoint(self, sparql: str, clause: Clause) -> Endpoint:
        endpoint = self._allowed.find(clause.iri)
        if endpoint is None:
            reason = f"SERVICE <{clause.iri}> is refused: this endpoint is not on the server's list."
            raise ServiceRefused(*position(sparql, clause.start), reason)
        return endpoint

    def _over_nothing(self, sparql: str, filling: _Filling) -> Answer:
        """Return the engine's answer over an empty dataset, which is enough to parse a query and find its columns."""
        question = Question(sparql, limit_s=filling.left_rounded_s(), default_graphs=[], named_graphs=[])
        return self._engine.answer(replace(question, base=filling.question.base), filling.asker)

    def _values(self, filling: _Filling, clause: Clause, endpoint: Endpoint) -> str:
        """Return the VALUES for a clause; identical clauses are sent only once."""
        key = (endpoint.address, filling.sparql[clause.body_start : clause.end])
        if key not in filling.values:
            columns = parse_table(self._over_nothing(scope_text(filling.sparql, clause), filling).read()).columns
            text = asked_text(filling.sparql, clause, columns)
            try:
                filling.values[key], rows = self._ask(endpoint, text, columns, filling)
                filling.rows += rows
            except EndpointError:
                if not clause.is_silent:
                    raise
                return no_binding(columns)
        return filling.values[key]

    def _ask(self, endpoint: Endpoint, text: str, columns: Sequence[str], filling: _Filling) -> tuple[str, int]:
        remote = RemoteEngine(
            endpoint.address,
            max_result_bytes=self._limits.bytes,
            resolve=resolver(may_be_private=endpoint.may_be_private),
        )
        try:
            question = Question(text, "json", round(filling.left_s() * _SHARE, 2))
            body = remote.answer(question, filling.asker).read()
        except ResultTooLarge:
            megabytes = f"{self._limits.bytes / 1_000_000:g} MB"
            raise ServiceUnusable(
                endpoint.address, f"is larger than {megabytes}; make the clause more specific."
            ) from None
        return values_of(body, columns, endpoint=endpoint.address, most_rows=self._limits.rows)
