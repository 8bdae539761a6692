"""The part of the data that the shapes without inference need, where only some things are to be judged.

These shapes look at statements beside the descriptions of their readings and passages, and, for a profile, at all that
its document states with what external readings add to that. A profile whose document says nothing about the things is
left out.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import CONCEPTS, ECP
from ecp_graph.tables.statements import Statements

__all__ = ["excerpt"]

_NAMES: Final = {
    "reading_of": ECP + "readingOf",
    "passage_of": ECP + "passageOf",
    "certainty": ECP + "certainty",
    "external": CONCEPTS + "certainty-external",
}
_DESCRIPTIONS: Final = """
CREATE OR REPLACE TEMP TABLE excerpt AS
FROM data WHERE s IN (
  SELECT g FROM given UNION SELECT o FROM data WHERE p = $reading_of AND s IN (SELECT g FROM given))"""
_EXTERNAL: Final = """
CREATE OR REPLACE TEMP TABLE external AS SELECT s FROM data WHERE p = $certainty AND o = $external"""
#: The readings of a document, and its passages.
_READINGS: Final = """
CREATE OR REPLACE TEMP TABLE readings AS
SELECT reading.s, passage.s AS passage FROM data AS reading JOIN data AS passage ON passage.s = reading.o
WHERE reading.p = $reading_of AND passage.p = $passage_of AND passage.o = $document"""
_STATED: Final = """
CREATE OR REPLACE TEMP TABLE stated AS
WITH own AS (FROM data WHERE g IN (SELECT s FROM readings))
FROM own
UNION FROM data WHERE g IN (FROM external) AND s IN (SELECT s FROM own)"""
_CONCERNED: Final = """
SELECT count(*) > 0 FROM stated WHERE s IN (SELECT s FROM given) OR o IN (SELECT s FROM given)"""
_PROFILE: Final = """
INSERT INTO excerpt
FROM stated
UNION FROM data WHERE p = $passage_of AND o = $document
UNION FROM data WHERE p = $reading_of AND s IN (SELECT s FROM readings)
UNION FROM data WHERE p = $certainty AND s IN (FROM external)"""


def excerpt(profiles: Collection[str], statements: Statements) -> tuple[list[ox.Quad], set[str]]:
    """Return the data that `judge_stated` needs for some statements, and which of the documents with profiles it needs.

    The statements are the rows of the table ``given``; all of the data are the layer of that name.
    """
    run = statements.connection.execute
    terms = {name: f"<{iri}>" for name, iri in _NAMES.items()} | {one: f"<{one}>" for one in profiles}
    found = statements.numbers(terms.values())
    number = {name: found[term] for name, term in terms.items()}

    def ask(text: str, document: str | None = None) -> bool:
        values = number if document is None else {**number, "document": number[document]}
        rows = run(text, {name: values[name] for name in values if f"${name}" in text}).fetchall()
        return bool(rows and rows[0][0])

    ask(_DESCRIPTIONS)
    ask(_EXTERNAL)
    concerned = set()
    for document in sorted(profiles):
        ask(_READINGS, document)
        ask(_STATED)
        if ask(_CONCERNED):
            ask(_PROFILE, document)
            concerned.add(document)
    return statements.selected("SELECT DISTINCT s, p, o, g FROM excerpt"), concerned
