"""Everything that pages share: the settings, the current engine, the catalogue, and cached results."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Container, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeVar, cast

from flask import current_app, g, request

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import Stream, ask_rows, ask_stream, ask_table
from ecp_graph.errors import EcpGraphError, ReleaseError
from ecp_graph.namespaces import Names
from ecp_graph.publisher import Publisher
from ecp_graph.queries.catalogue import Catalogue, load_catalogue
from ecp_graph.queries.parameters import Parameter
from ecp_graph.queries.resolve import Choice, choices
from ecp_graph.settings import Settings
from ecp_graph.sparql.guard import has_service
from ecp_graph.sparql.results import Table
from ecp_graph.tables.lists.reading import Lists
from ecp_graph.web.state.bounds import Bounds
from ecp_graph.web.state.budget import QueryBudget
from ecp_graph.web.state.copies import Copies
from ecp_graph.web.state.description import DatasetFacts, count_graphs
from ecp_graph.web.state.metrics import Metrics
from ecp_graph.web.state.source import Current, EngineSource
from ecp_graph.workspace import Workspace

__all__ = ["EXTENSION", "WARMING", "Site", "site"]

EXTENSION = "ecp_graph"

#: In the environ of a request that makes a main page ready: what it makes is kept as long as the release.
WARMING: Final = "ecp_graph.warming"

_Result = TypeVar("_Result")


@dataclass
class Site:
    """The state of one app; ``workspace`` is None when files are served, which have no catalogue.

    ``own_names`` are used where the data are not those of a release, which has its own.
    """

    settings: Settings
    source: EngineSource
    workspace: Workspace | None
    own_names: Names
    bounds: Bounds
    copies: Copies = field(default_factory=Copies)
    budget: QueryBudget = field(init=False)
    metrics: Metrics = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _version: str | None = None
    _catalogue: Catalogue | None = None
    _dataset_facts: DatasetFacts | None = None
    _kept: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    _warm: dict[Hashable, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.budget = QueryBudget(self.settings.budget)
        self.metrics = Metrics()

    @property
    def current(self) -> Current:
        """The current engine, the same throughout a request; raises ReleaseError if there is none."""
        if "current" not in g:
            g.current = self.source.current()
        return cast("Current", g.current)

    @property
    def release(self) -> str:
        """The id of the current release, for the footer of pages; empty if there is none."""
        try:
            return str(self.current.facts.get("release", ""))
        except ReleaseError:
            return ""

    @property
    def names(self) -> Names:
        """The names of the release in use; where there is none, those of the workspace."""
        try:
            opened = self.current.opened
        except EcpGraphError:
            return self.own_names
        return opened.names if opened else self.own_names

    @property
    def publisher(self) -> Publisher:
        """Who publishes the site, by its workspace; nobody in particular where files are served."""
        return self.workspace.about.publisher if self.workspace else Publisher()

    @property
    def confidential(self) -> Sequence[str]:
        """The folders of confidential plans in the release in use, which then is for this machine alone."""
        try:
            opened = self.current.opened
        except EcpGraphError:
            return ()
        return opened.confidential if opened else ()

    @property
    def lists(self) -> Lists | None:
        """The lists of the release in use; None where it has none, or the data are not those of a release."""
        return self.current.lists

    @property
    def engine(self) -> Engine:
        """The current engine."""
        return self.current.engine

    @property
    def dataset_facts(self) -> DatasetFacts:
        """The sizes of the current graphs, counted once for each version; empty for a remote store."""
        current = self.current
        if not current.is_fixed:
            return DatasetFacts()
        with self._lock:
            self._forget_if_newer()
            if self._dataset_facts is None:
                counted = count_graphs(current.engine, timeout_s=self.settings.timeout)
                self._dataset_facts = replace(counted, is_union="release" in current.facts)
            return self._dataset_facts

    @property
    def catalogue(self) -> Catalogue | None:
        """The catalogue, reloaded with each newer release; None without a workspace."""
        if self.workspace is None:
            return None
        with self._lock:
            self._forget_if_newer()
            if self._catalogue is None:
                self._catalogue = load_catalogue(self.workspace)
            return self._catalogue

    def choices(self, parameter: Parameter) -> list[Choice]:
        """Return the possible values of an iri parameter, cached until a newer release is loaded."""
        return self.keep(("choices", parameter.of_class), lambda: choices(parameter, self.engine))

    def ask(self, sparql: str) -> Table:
        """Return the table of a SELECT or ASK for a page, within the server's limits on time and size."""
        self.note_outside(sparql)
        limit_s = min(self.settings.timeout, g.get("ask_within_s", math.inf))
        return ask_table(self.engine, sparql, timeout_s=limit_s, max_bytes=self.bounds.page_bytes)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Lower the time limit of `ask` within the block."""
        g.ask_within_s = seconds
        try:
            yield
        finally:
            del g.ask_within_s

    def note_outside(self, sparql: str) -> bool:
        """Return whether the answer to a query depends on other endpoints, which makes the response uncacheable."""
        is_outside = self.settings.calls_services and has_service(sparql)
        if is_outside:
            g.is_outside = True
        return is_outside

    @property
    def is_outside(self) -> bool:
        """Whether the response to this request depends on other endpoints."""
        return bool(g.get("is_outside", False))

    @property
    def may_be_kept(self) -> bool:
        """Whether the response to this request stays the same until another release is loaded."""
        return self.current.is_fixed and not self.is_outside

    def ask_rows(self, sparql: str) -> Iterator[dict[str, str]]:
        """Return the rows of a SELECT as texts, within the same limits; for answers of very many rows."""
        return ask_rows(self.engine, sparql, timeout_s=self.settings.timeout, max_bytes=self.bounds.page_bytes)

    def ask_stream(self, sparql: str, *, max_bytes: int) -> Stream:
        """Return an iterator over the rows of a SELECT, which may be more than fit on a page; see `ask_stream`."""
        self.note_outside(sparql)
        fmt: Literal["json", "tsv"] = "tsv" if self.current.is_fixed else "json"
        return ask_stream(self.engine, sparql, fmt=fmt, timeout_s=self.settings.timeout, max_bytes=max_bytes)

    def keep(self, key: Hashable, make: Callable[[], _Result]) -> _Result:
        """Return the value cached for the key under the current release, or compute and cache it.

        Values for the main pages are never evicted by those for other pages, however many a crawler requests; see
        `ecp_graph.web.serving.warming`. Data that may change at any time are not cached: those of a remote store are
        kept for the rest of the request, those behind SERVICE not at all.
        """
        if not self.current.is_fixed:
            return self._for_this_request(key, make)
        with self._lock:
            self._forget_if_newer()
            if key in self._warm:
                return cast("_Result", self._warm[key])
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("_Result", self._stay(key, self._kept[key]))
            version = self._version
        made = make()
        if self.is_outside:
            return made
        with self._lock:
            if version == self._version:
                self._kept[key] = self._stay(key, made)
                while len(self._kept) > self.bounds.cached:
                    self._kept.popitem(last=False)
        return made

    def _for_this_request(self, key: Hashable, make: Callable[[], _Result]) -> _Result:
        kept: dict[Hashable, Any] = g.setdefault("kept", {})
        if key not in kept:
            made = make()
            if self.is_outside:
                return made
            kept[key] = made
        return cast("_Result", kept[key])

    def _stay(self, key: Hashable, made: _Result) -> _Result:
        if WARMING in request.environ:
            self._warm[key] = made
        return made

    def forget(self, *, but: Container[Hashable] = ()) -> None:
        """Clear the cache except for some keys."""
        with self._lock:
            for kept in (self._kept, self._warm):
                for key in [key for key in kept if key not in but]:
                    del kept[key]

    def _forget_if_newer(self) -> None:
        version = self.current.version
        if version != self._version:
            self._version = version
            self._catalogue = None
            self._dataset_facts = None
            self._kept.clear()
            self._warm.clear()


def site() -> Site:
    """Return the site of the app that handles this request."""
    return cast("Site", current_app.extensions[EXTENSION])
