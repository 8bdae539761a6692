"""Decisions of people on findings, as statements: PROV activities on the nodes of the findings.

::

    overlap:… ecp:decision concept:decision-dismissed .
    decision:… a ecp:OverlapDecision , prov:Activity ; ecp:decisionOn overlap:… ;
        ecp:decision concept:decision-dismissed ; dcterms:description "…" ; ecp:evidenceHash "…" ; ecp:leadBody body:… ;
        prov:endedAtTime "…"^^xsd:dateTime ; prov:wasAssociatedWith agent:… .

Where the evidence is no longer what it was, the finding is *reopened*, and the decision says in ecp:evidenceChange what
changed. Who decided is told as the workspace says: by name, by role, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import pyoxigraph as ox

from ecp_graph.languages import main_language
from ecp_graph.namespaces import CONCEPTS, ECP, PREFIXES, names
from ecp_graph.overlap.decisions import OverlapDecision, evidence_parts
from ecp_graph.overlap.likeness.text import plain
from ecp_graph.tables.statements import Statements

__all__ = ["NO_DECISIONS", "Applied", "Decisions", "Telling", "Tellings", "add_decisions"]

#: How those who decided are told of: by name, by role, or not at all.
Telling = Literal["names", "roles", "none"]
Tellings: Final[Sequence[Telling]] = ("names", "roles", "none")
REOPENED: Final = "reopened"
#: The role of somebody who named none.
_ROLE: Final = "reviewer"
_PROV: Final = PREFIXES["prov"]
_TYPE: Final = PREFIXES["rdf"] + "type"
_LABEL: Final = PREFIXES["skos"] + "prefLabel"
_NOTED: Final = """
SELECT node[2:-2], hash, name FROM finding_node JOIN finding_hash USING (id)
WHERE node IN (SELECT unnest($nodes::VARCHAR[]))"""
#: Those of some things that are described: in the public part of a release a body may be none.
_DESCRIBED: Final = """
SELECT term[2:-2] FROM terms WHERE term IN (SELECT unnest($nodes::VARCHAR[])) AND id IN (SELECT s FROM triples)"""
_PARTS: Final = """
SELECT node[2:-2], part, value, told FROM finding_node JOIN finding_evidence USING (id)
WHERE node IN (SELECT unnest($nodes::VARCHAR[]))"""


@dataclass(frozen=True)
class Decisions:
    """The decisions of a workspace, and how those who decided are told of.

    ``reopened`` are the findings whose evidence has changed, where that is known from elsewhere: the public part of a
    release has less evidence, and what changed of the rest must not be told there.
    """

    rows: tuple[OverlapDecision, ...] = ()
    telling: Telling = "roles"
    reopened: frozenset[str] | None = None

    @property
    def findings(self) -> list[str]:
        """The IRIs of the findings that were decided on."""
        return [row.finding for row in self.rows]


#: Of a workspace where nobody has decided anything.
NO_DECISIONS: Final = Decisions()


@dataclass(frozen=True)
class Applied:
    """How many decisions hold, the findings that are reopened, and those decided on that are not there (IRIs)."""

    holding: int = 0
    reopened: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()

    @property
    def sentence(self) -> str:
        """All of it in a sentence."""
        told = [f"{self.holding} hold"]
        told += [f"{len(self.reopened)} are reopened, as their evidence has changed"] if self.reopened else []
        told += [f"{len(self.missing)} are on findings that are not there"] if self.missing else []
        return f"Decisions on findings: {', '.join(told)}"


def add_decisions(statements: Statements, decisions: Decisions) -> Applied:
    """Add to the layer ``derived`` the decisions on findings that are there, and return which hold."""
    if not decisions.rows:
        return Applied()
    nodes = {"nodes": [str(ox.NamedNode(row.finding)) for row in decisions.rows]}
    noted = {iri: (hash_, name) for iri, hash_, name in statements.connection.execute(_NOTED, nodes).fetchall()}
    hashes = {iri: hash_ for iri, (hash_, _) in noted.items()}
    reopened = decisions.reopened
    if reopened is None:
        reopened = frozenset(
            row.finding for row in decisions.rows if hashes.get(row.finding, row.evidence) != row.evidence
        )
    changes = _changes(statements, [row for row in decisions.rows if row.finding in reopened])
    if decisions.reopened is not None:
        changes = dict.fromkeys(changes, "The evidence has changed.")
    leads = {"nodes": [str(ox.NamedNode(row.lead)) for row in decisions.rows if row.lead]}
    described = {lead for (lead,) in statements.connection.execute(_DESCRIBED, leads).fetchall()}
    rows = [row if row.lead in described else replace(row, lead="") for row in decisions.rows if row.finding in hashes]
    graph = ox.NamedNode(names().derived_graph)
    statements.append(
        "derived",
        [
            ox.Quad(subject, ox.NamedNode(predicate), value, graph)
            for row in rows
            for subject, predicate, value in _said(
                row, noted[row.finding][1], decisions.telling, changes.get(row.finding)
            )
        ],
    )
    reopened &= set(hashes)
    return Applied(len(hashes) - len(reopened), reopened, frozenset(decisions.findings) - set(hashes))


def _changes(statements: Statements, rows: Iterable[OverlapDecision]) -> dict[str, str]:
    """Return, in sentences, how the evidence of findings has changed since they were decided on."""
    before = {row.finding: row.parts for row in rows}
    now: dict[str, list[tuple[str, str, str]]] = {finding: [] for finding in before}
    nodes = {"nodes": [str(ox.NamedNode(finding)) for finding in before]}
    for finding, part, value, told in statements.connection.execute(_PARTS, nodes).fetchall():
        now[finding].append((part, value, told))
    return {finding: _told(parts, evidence_parts(now[finding])) for finding, parts in before.items()}


def _told(before: Sequence[str], after: Sequence[str]) -> str:
    """Return the difference between two lists of parts; what only moved to another place is none."""
    keys = [{part.partition(" ")[0]: part.partition("=")[2] for part in parts} for parts in (before, after)]
    gone = [(key, text) for key, text in keys[0].items() if key not in keys[1]]
    new = [(key, text) for key, text in keys[1].items() if key not in keys[0]]
    sentences = []
    for name, what in (("kind", "The kind was {0} and is {1}."), ("on", ""), ("text", "")):
        was, is_ = ([text for key, text in found if key.startswith(f"{name}=")] for found in (gone, new))
        if what and (was or is_):
            sentences.append(what.format(", ".join(was) or "nothing", ", ".join(is_) or "nothing"))
        elif name == "on":
            sentences += [f"It is no longer on {text}." for text in was] + [f"It is on {text} now." for text in is_]
        elif name == "text":
            places = [" ".join(text.split(" ")[1:]) or text for text in (is_ or was)]
            if places:
                sentences.append(f"Passages with other words: {', '.join(sorted(places))}.")
    return " ".join(sentences) or "The evidence has changed."


Said = Iterator[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]]


def _said(row: OverlapDecision, name: str, telling: Telling, change: str | None) -> Said:
    finding, decided = ox.NamedNode(row.finding), ox.NamedNode(f"{names().id}decision/{row.slug}")
    outcome = ox.NamedNode(f"{CONCEPTS}decision-{row.decision}")
    standing = ox.NamedNode(f"{CONCEPTS}decision-{REOPENED}") if change is not None else outcome
    yield finding, ECP + "decision", standing
    for kind in (ECP + "OverlapDecision", _PROV + "Activity"):
        yield decided, _TYPE, ox.NamedNode(kind)
    yield decided, _LABEL, ox.Literal(f"Decision: {name}", language=main_language())
    yield decided, ECP + "decisionOn", finding
    yield decided, ECP + "decision", outcome
    yield decided, PREFIXES["dcterms"] + "description", ox.Literal(row.reason, language=main_language())
    yield decided, _PROV + "endedAtTime", ox.Literal(row.date, datatype=ox.NamedNode(PREFIXES["xsd"] + "dateTime"))
    yield decided, ECP + "evidenceHash", ox.Literal(row.evidence)
    if row.lead:
        yield decided, ECP + "leadBody", ox.NamedNode(row.lead)
    if change is not None:
        yield decided, ECP + "evidenceChange", ox.Literal(change)
    yield from _agent(row, telling, decided)


def _agent(row: OverlapDecision, telling: Telling, decided: ox.NamedNode) -> Said:
    if telling == "none":
        return
    name = row.by if telling == "names" else row.role or _ROLE
    slug = re.sub(r"[^a-z0-9]+", "-", plain(name)).strip("-") or _ROLE
    agent = ox.NamedNode(f"{names().id}agent/{slug}")
    yield decided, _PROV + "wasAssociatedWith", agent
    yield agent, _TYPE, ox.NamedNode(_PROV + "Agent")
    yield agent, _LABEL, ox.Literal(name, language=main_language())
