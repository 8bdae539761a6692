"""An engine in front of which SERVICE clauses are answered, for endpoints of an allow-list.

The order: find the clauses, compare their addresses with the list, let the engine parse the query over no data, ask
the endpoints, put their rows into the text, ask the engine. So nothing is sent for a query that is malformed.
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

#: The part of the time that is left which endpoints may use up, so that some remains to join their rows.
_SHARE: Final = 0.8
#: How long a query may take where the caller sets no limit.
_USUAL_LIMIT_S: Final = 60.0


@dataclass(frozen=True)
class ServiceLimits:
    """What SERVICE may use: rows and bytes for one clause, and queries that wait for endpoints at the same time."""

    rows: int = 10_000
    bytes: int = 10_000_000
    places: int = 4


@dataclass
class _Filling:
    """One question under way: who asks it, when it has to be done, and what the endpoints have answered so far."""

    question: Question
    asker: Asker
    deadline: float
    limit_s: float
    values: dict[tuple[str, str], str] = field(default_factory=dict)
    rows: int = 0

    @property
    def sparql(self) -> str:
        """The text of the question."""
        return self.question.text

    def left_s(self) -> float:
        """Return the seconds that are left; raises QueryTimeout when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise QueryTimeout(self.limit_s)
        return left

    def left_rounded_s(self) -> float:
        """Return the same as people read it."""
        left = self.left_s()
        return round(left, 1) or left


class FederatedEngine(Engine):
    """Answers queries with the engine inside, and their SERVICE clauses before."""

    def __init__(self, engine: Engine, allowed: Allowed, limits: ServiceLimits | None = None) -> None:
        self._engine = engine
        self._allowed = allowed
        self._limits = limits or ServiceLimits()
        self._places = threading.BoundedSemaphore(self._limits.places)

    def answer(self, question: Question, asker: Asker = NOBODY) -> Answer:
        """Return the answer; raises what `Engine.answer` raises.

        A query without SERVICE goes to the engine as it is. For others it raises ServiceRefused too, for an address
        that is not on the list and a clause that cannot be asked; EndpointError and EndpointTimeout for an endpoint
        that fails a clause without SILENT; ServiceUnusable for an answer past the limits, SILENT or not; EngineBusy
        at once when as many queries wait for endpoints as may.
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
        """Return what the engine inside says of itself."""
        return self._engine.describe()

    def problem(self) -> str:
        """Return the problem of the engine inside."""
        return self._engine.problem()

    def close(self) -> None:
        """Close the engine inside."""
        self._engine.close()

    def _filled(self, filling: _Filling) -> str:
        """Return the query with rows in the place of its clauses."""
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
        """Return the engine's answer over no data: enough to parse a text, and to know its columns."""
        question = Question(sparql, limit_s=filling.left_rounded_s(), default_graphs=[], named_graphs=[])
        return self._engine.answer(replace(question, base=filling.question.base), filling.asker)

    def _values(self, filling: _Filling, clause: Clause, endpoint: Endpoint) -> str:
        """Return the VALUES for a clause; the same clause twice is asked once."""
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
