"""What every page needs: the settings, the engine in use, the catalogue, and what a form's lists are filled with."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import cast

from flask import current_app, g

from ecp_graph.engine import Engine
from ecp_graph.errors import ReleaseError
from ecp_graph.queries.catalogue import Catalogue, load_catalogue
from ecp_graph.queries.parameters import Parameter
from ecp_graph.queries.resolve import Choice, choices
from ecp_graph.settings import Settings
from ecp_graph.web.description import DatasetFacts, count_graphs
from ecp_graph.web.serving.budget import QueryBudget
from ecp_graph.web.serving.metrics import Metrics
from ecp_graph.web.source import Current, EngineSource
from ecp_graph.workspace import Workspace

__all__ = ["EXTENSION", "Site", "site"]

EXTENSION = "ecp_graph"


@dataclass
class Site:
    """The state of one app; ``workspace`` is None when files are served, which have no catalogue."""

    settings: Settings
    source: EngineSource
    workspace: Workspace | None
    budget: QueryBudget = field(init=False)
    metrics: Metrics = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _version: str | None = None
    _catalogue: Catalogue | None = None
    _dataset_facts: DatasetFacts | None = None
    _choices: dict[str, list[Choice]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.budget = QueryBudget(self.settings.budget)
        self.metrics = Metrics()

    @property
    def current(self) -> Current:
        """What is in use, the same all through one request; raises ReleaseError when there is nothing."""
        if "current" not in g:
            g.current = self.source.current()
        return cast("Current", g.current)

    @property
    def release(self) -> str:
        """The id of the release in use for the foot of a page; empty when there is none."""
        try:
            return str(self.current.facts.get("release", ""))
        except ReleaseError:
            return ""

    @property
    def engine(self) -> Engine:
        """The engine in use."""
        return self.current.engine

    @property
    def dataset_facts(self) -> DatasetFacts:
        """The sizes of the graphs in use, counted once for each version; nothing of a remote store's."""
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
        """The catalogue, read again when a newer release comes; None without a workspace."""
        if self.workspace is None:
            return None
        with self._lock:
            self._forget_if_newer()
            if self._catalogue is None:
                self._catalogue = load_catalogue(self.workspace)
            return self._catalogue

    def choices(self, parameter: Parameter) -> list[Choice]:
        """Return what an iri parameter may be, kept until a newer release comes."""
        of_class = parameter.of_class or ""
        with self._lock:
            self._forget_if_newer()
            known = self._choices.get(of_class)
        if known is None:
            known = choices(parameter, self.engine)
            with self._lock:
                self._choices[of_class] = known
        return known

    def _forget_if_newer(self) -> None:
        version = self.current.version
        if version != self._version:
            self._version = version
            self._catalogue = None
            self._dataset_facts = None
            self._choices.clear()


def site() -> Site:
    """Return the site of the app that handles this request."""
    return cast("Site", current_app.extensions[EXTENSION])
