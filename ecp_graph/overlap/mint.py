"""Makes the nodes of overlaps, out of the tables of findings.

::

    overlap:… a ecp:Overlap ; skos:prefLabel "PTC and TFAWG on Transit Guidelines"@en ; ecp:overlapMember …, … ;
        ecp:overlapCause … ; ecp:overlapOn …, … ; ecp:overlapKind concept:overlap-parallel ;
        ecp:evidenceGrade concept:grade-b ; ecp:certainty concept:certainty-verbatim ;
        ecp:overlapAction …, … ; ecp:statedIn … .

An overlap of actions of two plans that were compared has ecp:score and ecp:sharedWords too.

Its IRI is made of the members and the cause, as in ``id/overlap/body-ptc--body-tfawg--action-ecp3-3``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from ecp_graph.errors import EcpGraphError
from ecp_graph.languages import main_language, preference
from ecp_graph.namespaces import CONCEPTS, ECP, PREFIXES, names
from ecp_graph.overlap.marks import Marks

if TYPE_CHECKING:
    from ecp_graph.tables.statements import Statements

__all__ = ["TERMS", "mint", "name_findings"]

#: The classes and properties of what is said of findings.
TERMS: Final = {
    "type": PREFIXES["rdf"] + "type",
    "label": PREFIXES["skos"] + "prefLabel",
    "notation": PREFIXES["skos"] + "notation",
    "subclass": PREFIXES["rdfs"] + "subClassOf",
    "overlap": ECP + "Overlap",
    "member": ECP + "overlapMember",
    "cause": ECP + "overlapCause",
    "on": ECP + "overlapOn",
    "action": ECP + "overlapAction",
    "stated": ECP + "statedIn",
    "score": ECP + "score",
    "words": ECP + "sharedWords",
    "evidence": ECP + "evidenceHash",
}
_NAMED: Final = """
SELECT thing, label.o, notation.o
FROM (SELECT first AS thing FROM finding UNION SELECT second FROM finding UNION SELECT cause FROM finding)
LEFT JOIN triples AS label ON label.s = thing AND label.p = {label}
LEFT JOIN triples AS notation ON notation.s = thing AND notation.p = {notation}"""
_NAMES: Final = """
CREATE OR REPLACE TEMP TABLE naming AS
SELECT
  unnest($things::BIGINT[]) AS thing,
  unnest($names::VARCHAR[]) AS name,
  unnest($literals::VARCHAR[]) AS literal,
  unnest($slugs::VARCHAR[]) AS slug"""
#: The node of each finding and its label, in the syntax of N-Triples, and its name.
_TEXTS: Final = """
CREATE OR REPLACE TEMP TABLE finding_text AS
SELECT id, concat($start, a.slug, '--', b.slug, '--', c.slug, '>') AS node,
  concat(a.name, $joint, b.name, $about, c.name) AS name,
  concat('"', a.literal[2:-2], $joint, b.literal[2:-2], $about, c.literal[2:-2], '"@', $language) AS label
FROM finding
JOIN naming AS a ON a.thing = first
JOIN naming AS b ON b.thing = second
JOIN naming AS c ON c.thing = cause"""
_LABELS: Final = """
CREATE OR REPLACE TEMP TABLE label AS
SELECT id, node, label FROM finding_text SEMI JOIN (FROM finding_node WHERE is_node) USING (id)"""
_NEW_TERMS: Final = """
SELECT node AS term FROM label UNION SELECT label FROM label
UNION SELECT term FROM (SELECT unnest([score_term, words_term]) AS term FROM finding_score SEMI JOIN label USING (id))
WHERE term IS NOT NULL"""
_SAME: Final = """
SELECT node, list(concat_ws(' ', a.term, b.term, c.term) ORDER BY a.term, b.term, c.term)
FROM finding_text JOIN finding USING (id)
JOIN terms AS a ON a.id = first JOIN terms AS b ON b.id = second JOIN terms AS c ON c.id = cause
WHERE node = (SELECT node FROM finding_text GROUP BY node HAVING count(*) > 1 ORDER BY node LIMIT 1)
GROUP BY node"""
_MARK: Final = """
CREATE OR REPLACE TEMP TABLE mark AS
SELECT
  unnest($properties::BIGINT[]) AS property,
  unnest($places::BIGINT[]) AS place,
  unnest($concepts::BIGINT[]) AS concept"""
_SUPERCLASSES: Final = """
WITH RECURSIVE class(id) AS (
  SELECT {overlap} UNION SELECT o FROM triples JOIN class ON s = id AND p = {subclass})
SELECT id FROM class JOIN terms USING (id) WHERE starts_with(term, '<')"""
_STATEMENTS: Final = """
INSERT INTO derived
WITH node AS (
  SELECT finding.*, n.id AS node, l.id AS label
  FROM label JOIN finding USING (id) JOIN terms AS n ON n.term = label.node JOIN terms AS l ON l.term = label.label)
SELECT node, p, o, {graph} AS g FROM (
  SELECT node, {type} AS p, unnest({classes}) AS o FROM node
  UNION ALL SELECT node, {label}, label FROM node
  UNION ALL SELECT node, {member}, first FROM node
  UNION ALL SELECT node, {member}, second FROM node
  UNION ALL SELECT node, {cause}, cause FROM node
  UNION ALL SELECT node, property, concept FROM node JOIN mark ON property = {kind_is} AND place = kind
  UNION ALL SELECT node, property, concept FROM node JOIN mark ON property = {grade_is} AND place = grade
  UNION ALL SELECT node, property, concept FROM node JOIN mark ON property = {certainty_is} AND place = certainty
  UNION ALL SELECT node, {on}, thing FROM node JOIN finding_on USING (id)
  UNION ALL SELECT node, {action}, thing FROM node JOIN finding_action USING (id)
  UNION ALL SELECT node, {stated}, thing FROM node JOIN finding_reading USING (id)
  UNION ALL SELECT node, {score}, terms.id FROM node JOIN finding_score USING (id) JOIN terms ON term = score_term
  UNION ALL SELECT node, {words}, terms.id FROM node JOIN finding_score USING (id) JOIN terms ON term = words_term)"""


def name_findings(statements: Statements) -> None:
    """Make the table ``finding_text``: node and name of each finding; raises EcpGraphError when two have one IRI."""
    _name(statements, _numbers(statements))
    is_english = main_language() == "en"
    statements.connection.execute(
        _TEXTS,
        {
            "start": f"<{names().id}overlap/",
            "joint": " and " if is_english else " – ",
            "about": " on " if is_english else ": ",
            "language": main_language(),
        },
    )
    statements.connection.execute("DROP TABLE naming")
    for node, things in statements.connection.execute(_SAME).fetchall():
        iris = [text.replace("<", "").replace(">", "") for text in things[:2]]
        raise EcpGraphError(
            f"Two overlaps would get the IRI {node[1:-1]}: {iris[0]} and {iris[1]}. Rename one of these things."
        )


def mint(statements: Statements, marks: Marks) -> None:
    """Add to the layer ``derived`` the statements of each finding that ``finding_node`` has as a node."""
    statements.connection.execute(_LABELS)
    statements.add_terms(_NEW_TERMS)
    numbers, properties = _numbers(statements), _place_marks(statements, marks)
    classes = statements.connection.execute(_SUPERCLASSES.format(**numbers)).fetchall()
    graph = str(ox.NamedNode(names().derived_graph))
    statements.connection.execute(
        _STATEMENTS.format(
            **numbers,
            **properties,
            classes=f"[{', '.join(str(number) for (number,) in classes)}]",
            graph=statements.numbers([graph])[graph],
        )
    )
    for table in ("finding_text", "label", "mark"):
        statements.connection.execute(f"DROP TABLE {table}")


def _numbers(statements: Statements) -> dict[str, int]:
    terms = {name: str(ox.NamedNode(iri)) for name, iri in TERMS.items()}
    numbers = statements.numbers(terms.values())
    return {name: numbers[term] for name, term in terms.items()}


def _place_marks(statements: Statements, marks: Marks) -> dict[str, int]:
    """Make the table of marks by property and place, and return the numbers of the properties."""
    listed = [
        (str(ox.NamedNode(ECP + term)), place, str(ox.NamedNode(concept)))
        for term, concepts in marks.concepts.items()
        for place, concept in enumerate(concepts.values())
    ]
    of = {"kind_is": "overlapKind", "grade_is": "evidenceGrade", "certainty_is": "certainty"}
    properties = {name: str(ox.NamedNode(ECP + term)) for name, term in of.items()}
    numbers = statements.numbers([*properties.values(), *(term for row in listed for term in (row[0], row[2]))])
    statements.connection.execute(
        _MARK,
        {
            "properties": [numbers[row[0]] for row in listed],
            "places": [row[1] for row in listed],
            "concepts": [numbers[row[2]] for row in listed],
        },
    )
    return {name: numbers[term] for name, term in properties.items()}


def _name(statements: Statements, numbers: dict[str, int]) -> None:
    """Make the table of the short names of things, and of their parts of an IRI."""
    rows = statements.connection.execute(_NAMED.format(**numbers)).fetchall()
    terms = statements.terms(number for row in rows for number in row if number is not None)
    labels: dict[int, set[ox.Literal]] = {}
    notations: dict[int, set[str]] = {}
    for thing, label, notation in rows:
        labels.setdefault(thing, set())
        if label is not None and isinstance(terms[label], ox.Literal):
            labels[thing].add(cast(ox.Literal, terms[label]))
        if notation is not None:
            notations.setdefault(thing, set()).add(cast(ox.Literal, terms[notation]).value)
    iris = [cast(ox.NamedNode, terms[thing]).value for thing in labels]
    told = [_short(iri, labels[thing], notations.get(thing, set())) for iri, thing in zip(iris, labels, strict=True)]
    statements.connection.execute(
        _NAMES,
        {
            "things": list(labels),
            "names": told,
            "literals": [str(ox.Literal(name)) for name in told],
            "slugs": [_slug(iri) for iri in iris],
        },
    )


def _short(iri: str, labels: set[ox.Literal], notations: set[str]) -> str:
    """Return the code of a thing that has a name, else its name, else the end of its IRI."""
    if not labels:
        return iri.rstrip("/").rpartition("/")[2]
    return min(notations) if notations else min((preference(label.language), label.value) for label in labels)[1]


def _slug(iri: str) -> str:
    """Return ``body-ptc`` for ``…/id/body/ptc``, and the like for a concept, which is the same in every workspace.

    Of other IRIs what follows the scheme, in letters, digits and dots.
    """
    if iri.startswith(CONCEPTS):
        return f"concept-{iri.removeprefix(CONCEPTS)}"
    own = names().id
    local = iri.removeprefix(own) if iri.startswith(own) else iri.partition("://")[2] or iri
    return re.sub(r"[^\w.-]+", "-", local).strip("-")
