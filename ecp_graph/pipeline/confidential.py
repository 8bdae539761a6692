"""Which files of a workspace are confidential, and where the others tell of what only these describe.

A plan is marked by the statement ``ecp:confidential true``. The unit is its folder: every file below ``data/PLAN/`` is
confidential where one of them holds the mark. A file directly in ``data/`` that holds it is confidential by itself.

What may leave the machine is built from the other files alone. Nothing is filtered out of a finished graph, because
inferred and derived statements, findings and counts tell of a plan too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ecp_graph.inputs import read_input
from ecp_graph.namespaces import ECP, PREFIXES, compact, expand, names
from ecp_graph.rdf.load import Sources, parse_files
from ecp_graph.rdf.nquads import NQuads
from ecp_graph.validation.report import Finding
from ecp_graph.workspace import Workspace
from ecp_graph.workspace_file import WORKSPACE_FILE

__all__ = ["Withheld", "marked_since", "traces", "withheld"]

_MARK: Final = ECP + "confidential"
_TYPE: Final = PREFIXES["rdf"] + "type"
#: Anything else marks a plan, so that a mistyped value keeps it in rather than lets it out.
_OPEN: Final = frozenset({"false", "0"})
#: An IRI or a prefixed name in the text of a query, a shape or a remark.
_NAME: Final = re.compile(r"<([^<>\s]+)>|([\w-]*:[\w./-]*\w)|(\w+://[^\s<>\"']*\w)")
_REMEDY: Final = (
    "Move it into {units}, or, if it may be known, describe what it names in an open file too. "
    "Until then nothing of this workspace can be published."
)


@dataclass(frozen=True)
class Withheld:
    """The confidential files with their statements, and their units as messages name them: ``data/PLAN/``."""

    statements: Mapping[Path, Sequence[ox.Quad]]
    units: tuple[str, ...]


def withheld(workspace: Workspace, data: Iterable[ox.Quad]) -> Withheld | None:
    """Return what of a workspace with these statements is confidential; None where no plan is marked."""
    if isinstance(data, NQuads) and not data.mentions(_MARK):
        return None
    if not any(map(_marks, data)):
        return None
    files = parse_files([(path, None) for path in workspace.data_files])
    units = {_unit(path, workspace) for path, quads in files.items() if any(map(_marks, quads))}
    found = {path: quads for path, quads in files.items() if _unit(path, workspace) in units}
    named = sorted(workspace.relative(unit) + ("" if unit in files else "/") for unit in units)
    return Withheld(found, tuple(named))


def marked_since(workspace: Workspace, known: Iterable[str]) -> list[str]:
    """Return the units that the workspace marks as confidential now and that are not among those known.

    Raises InputSyntaxError for data that cannot be parsed.
    """
    if not any(b"confidential" in read_input(path) for path in workspace.data_files):
        return []
    quads = chain.from_iterable(parse_files([(path, None) for path in workspace.data_files]).values())
    hidden = withheld(workspace, quads)
    return sorted(set(hidden.units) - set(known)) if hidden else []


def traces(hidden: Withheld, shown: Sources, workspace: Workspace) -> list[Finding]:
    """Return a violation for each place in the open files that names what only the confidential ones describe.

    Looked at are the statements of ``shown`` with the names in their literals, the queries and the prefixes.
    """
    secret = _secret(hidden, shown)
    remedy = _REMEDY.format(units=" or ".join(hidden.units))
    found = chain(
        _in_statements(secret, shown),
        _in_queries(secret, workspace),
        _in_prefixes(secret, hidden, shown, workspace),
    )
    return [replace(finding, remedy=remedy) for finding in found]


def _marks(quad: ox.Quad) -> bool:
    return quad.predicate.value == _MARK and getattr(quad.object, "value", "") not in _OPEN


def _unit(path: Path, workspace: Workspace) -> Path:
    data = workspace.folder("data")
    return data / path.relative_to(data).parts[0]


def _secret(hidden: Withheld, shown: Sources) -> set[str]:
    """Return the IRIs that must not be known: of marked plans, and of what no open file describes."""
    ours = list(chain.from_iterable(hidden.statements.values()))
    open_ = [*shown.ontology, *shown.shapes, *shown.data]
    marked = _values(quad.subject for quad in ours if _marks(quad))
    typed, open_typed = (_values(q.subject for q in quads if q.predicate.value == _TYPE) for quads in (ours, open_))
    told, open_told = (
        _values(chain.from_iterable((q.subject, q.graph_name) for q in quads)) for quads in (ours, open_)
    )
    own = {iri for iri in told - open_told if iri.startswith(names().base)}
    return marked | (typed - open_typed) | own


def _values(terms: Iterable[object]) -> set[str]:
    return {term.value for term in terms if isinstance(term, ox.NamedNode)}


def _in_statements(secret: set[str], shown: Sources) -> Iterator[Finding]:
    for quad in chain(shown.data, shown.ontology, shown.shapes):
        for iri in _named_by(quad) & secret:
            subject, predicate = getattr(quad.subject, "value", ""), quad.predicate.value
            place = shown.index.find(subject, predicate=predicate, graphs=[getattr(quad.graph_name, "value", "")])
            file, line = place or (None, None)
            yield Finding("Violation", _message("A statement", iri), subject, predicate, file=file, line=line)


def _named_by(quad: ox.Quad) -> set[str]:
    text = quad.object.value if isinstance(quad.object, ox.Literal) and ":" in quad.object.value else ""
    terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
    return _values(terms) | {iri for iri, _ in _names_in(text)}


def _in_queries(secret: set[str], workspace: Workspace) -> Iterator[Finding]:
    for path in workspace.query_files:
        text = read_input(path).decode("utf-8", "replace")
        for iri, start in _names_in(text):
            if iri in secret:
                line = text.count("\n", 0, start) + 1
                yield Finding("Violation", _message("A query", iri), file=workspace.relative(path), line=line)


def _names_in(text: str) -> Iterator[tuple[str, int]]:
    """Yield the IRIs that a text names, prefixed names among them, and where each begins."""
    return ((expand(next(filter(None, found.groups()))), found.start()) for found in _NAME.finditer(text))


def _in_prefixes(secret: set[str], hidden: Withheld, shown: Sources, workspace: Workspace) -> Iterator[Finding]:
    """Yield the prefixes that are called after what is confidential, for they stand in every file that is published.

    The end of a namespace may also be a common word, such as ``body``: then open files have names in it.
    """
    plans = {_tail(unit.partition(".")[0]) for unit in hidden.units}
    tails = {_tail(iri) for iri in secret}
    for prefix, namespace in workspace.names.own_prefixes:
        is_called_so = {prefix, _tail(namespace)} & plans
        if is_called_so or (_tail(namespace) in tails and not _is_used(namespace, shown)):
            yield Finding("Violation", f"The prefix {prefix}: names what is confidential.", file=WORKSPACE_FILE)


def _is_used(namespace: str, shown: Sources) -> bool:
    return any(term.startswith(namespace) for quad in shown.data for term in _values((quad.subject, quad.object)))


def _tail(name: str) -> str:
    return re.split(r"[/#:]", name.rstrip("/#:"))[-1]


def _message(what: str, iri: str) -> str:
    return f"{what} names {compact(iri)}, which only a confidential plan describes."
