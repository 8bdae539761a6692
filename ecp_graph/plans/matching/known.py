"""Things that are known, and those of a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import cast

import pyoxigraph as ox

from ecp_graph.rdf.load import parse_files
from ecp_graph.workspace import Workspace

__all__ = ["Known", "known_of"]


@dataclass(frozen=True)
class Known:
    """A thing that is known: ``labels`` are its names, each with its language, the preferred ones first."""

    iri: str
    notation: str
    kind: str
    labels: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Its labels and its notation, each once."""
        texts = [*(text for text, _ in self.labels), self.notation]
        return tuple(dict.fromkeys(text for text in texts if text))


def known_of(workspace: Workspace) -> tuple[Known, ...]:
    """Return the bodies, programmes, instruments, topics and goals of which a workspace states a name or a code.

    Raises InputSyntaxError, with path and line, for a file of its ontology or data that cannot be parsed.
    """
    if not workspace.data_files:
        return ()
    store = ox.Store()
    ontology = [(path, f"ontology{number}") for number, path in enumerate(workspace.ontology_files)]
    for quads in parse_files([*ontology, *((path, None) for path in workspace.data_files)]).values():
        store.bulk_extend(quads)
    query = resources.files(__package__).joinpath("known.rq").read_text(encoding="utf-8")
    rows = cast(ox.QuerySolutions, store.query(query, use_default_graph_as_union=True))
    found: dict[tuple[str, str], tuple[list[str], list[tuple[str, str]]]] = {}
    for row in rows:
        iri, kind, rank, name, language = (row[column].value for column in range(5))
        codes, labels = found.setdefault((iri, kind), ([], []))
        if rank == "0":
            codes.append(name)
        else:
            labels.append((name, language))
    return tuple(
        Known(iri, codes[0] if codes else "", kind, tuple(labels)) for (iri, kind), (codes, labels) in found.items()
    )
