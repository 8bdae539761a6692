"""The evidence of each finding in parts, and their hash: a decision on a finding holds as long as that is the same.

::

    finding_evidence(id, part, value, told)    kind (its notation), member, on (their IRIs), text (hash of a passage)
    finding_hash(id, hash)                     SHA-256 of the lines PART=VALUE of a finding, in their order

What a finding rests on is the text of a passage and not its place: a row that moved is the same evidence. Scores,
grades and names are no part, since they may change without the evidence.
"""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, names
from ecp_graph.overlap.marks import Marks
from ecp_graph.tables.statements import Statements

__all__ = ["gather_evidence", "mint_hashes"]

_TERMS: Final = {"reading_of": ECP + "readingOf", "text_hash": ECP + "textHash", "locator": ECP + "locator"}
_HASH: Final = ECP + "evidenceHash"
#: A passage without a hash is told by its IRI, and a reading of no passage by its own.
_EVIDENCE: Final = """
CREATE OR REPLACE TABLE finding_evidence AS
WITH reading_text AS (
  SELECT thing AS reading,
    coalesce(regexp_extract(hash.term, '^"(.*)"', 1), passage.term[2:-2], reading.term[2:-2]) AS value,
    coalesce(regexp_extract(place.term, '^"(.*)"', 1), '') AS told
  FROM (SELECT DISTINCT thing FROM finding_reading)
  JOIN terms AS reading ON reading.id = thing
  LEFT JOIN triples AS made ON made.s = thing AND made.p = {reading_of}
  LEFT JOIN terms AS passage ON passage.id = made.o
  LEFT JOIN triples AS has ON has.s = made.o AND has.p = {text_hash}
  LEFT JOIN terms AS hash ON hash.id = has.o
  LEFT JOIN triples AS located ON located.s = made.o AND located.p = {locator}
  LEFT JOIN terms AS place ON place.id = located.o)
SELECT id, part, value, min(told) AS told FROM (
  SELECT id, 'kind' AS part, $kinds[kind + 1] AS value, '' AS told FROM finding
  UNION ALL
  SELECT f.id, 'member', term[2:-2], ''
  FROM (SELECT id, unnest([first, second]) AS thing FROM finding) AS f JOIN terms ON terms.id = thing
  UNION ALL SELECT f.id, 'on', term[2:-2], '' FROM finding_on AS f JOIN terms ON terms.id = thing
  UNION ALL SELECT f.id, 'text', value, told FROM finding_reading AS f JOIN reading_text ON reading = thing)
GROUP BY id, part, value"""
_HASHES: Final = """
CREATE OR REPLACE TABLE finding_hash AS
SELECT id, sha256(array_to_string(list_sort(list(concat(part, '=', value))), chr(10))) AS hash
FROM finding_evidence GROUP BY id"""
_LITERALS: Final = "SELECT concat('\"', hash, '\"') AS term FROM finding_hash"
_MINTED: Final = """
INSERT INTO derived
SELECT n.id, {hash}, l.id, {graph}
FROM finding_node AS f JOIN finding_hash AS h USING (id)
JOIN terms AS n ON n.term = f.node JOIN terms AS l ON l.term = concat('"', h.hash, '"') WHERE is_node"""


def gather_evidence(statements: Statements, marks: Marks) -> None:
    """Make the tables of the evidence of findings, out of those of findings."""
    terms = {name: str(ox.NamedNode(iri)) for name, iri in _TERMS.items()}
    numbers = statements.numbers(terms.values())
    of = {name: numbers[term] for name, term in terms.items()}
    statements.connection.execute(_EVIDENCE.format(**of), {"kinds": marks.order("overlapKind")})
    statements.connection.execute(_HASHES)


def mint_hashes(statements: Statements) -> None:
    """Add to the layer ``derived`` the hash of the evidence of each finding that is a node."""
    statements.add_terms(_LITERALS)
    terms = {"hash": str(ox.NamedNode(_HASH)), "graph": str(ox.NamedNode(names().derived_graph))}
    numbers = statements.numbers(terms.values())
    statements.connection.execute(_MINTED.format(**{name: numbers[term] for name, term in terms.items()}))
