"""The page of a passage: where it is, its words where they may be shown, and what was read from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Final

import yaml
from flask import Response, current_app

from ecp_graph.documents.blocks import Block
from ecp_graph.documents.words import Anchor
from ecp_graph.linked_data.document import named_node
from ecp_graph.namespaces import ECP, VOCABULARY, names
from ecp_graph.sparql.results import Term
from ecp_graph.web.http.audience import may_see_words, words_are_private
from ecp_graph.web.http.responses import private
from ecp_graph.web.pages.documents.entity import Entity
from ecp_graph.web.pages.documents.subjects import Subject, SubjectPage
from ecp_graph.web.show.anchors import anchor
from ecp_graph.web.show.names import name_all, name_of
from ecp_graph.web.show.panels import Panel, panel, panel_of_first
from ecp_graph.web.state.copies import Missed, Words
from ecp_graph.web.state.site import site

__all__ = ["SUBJECT"]

_CONTENTS: Final = "passage-contents"
_GLOSSARY: Final = "glossary"
_CERTAINTIES: Final = VOCABULARY + "id/scheme/certainties"
#: The selectors that tell a reader where to look, in the order in which they are shown.
_PLACES: Final = {
    "sheetName": "Sheet",
    "cellReference": "Cell",
    "pageNumber": "Page",
    "paragraphNumber": "Paragraph",
    "tableNumber": "Table",
    "rowNumber": "Row, header rows included",
    "columnNumber": "Column",
}
_READINGS: Final = """
SELECT ?reading ?certainty WHERE {{
  ?reading ecp:readingOf {passage} ; ecp:certainty ?level .
  ?level skos:notation ?certainty .
  OPTIONAL {{ ?level ecp:position ?strength }}
}}
ORDER BY ?strength ?certainty ?reading
"""
_ANCHORS: Final = """
SELECT ?passage ?start ?end ?hash WHERE {{
  ?passage ecp:passageOf {document} ; ecp:startOffset ?start ; ecp:endOffset ?end ; ecp:textHash ?hash .
}}
ORDER BY ?start ?end ?passage
"""
_OFFSET: Final = re.compile(r"\d{1,12}")
#: Seconds that a page waits for a copy that is read for the first time; a static file waits as long as it takes.
_WAIT_S: Final = 5.0
#: A line that the next word would have made longer than this part of the longest one was broken by the layout.
_FULL: Final = 0.85


@dataclass(frozen=True)
class Reading:
    """One reading of the passage: its graph, its certainty, and its statements as terms."""

    graph: Term
    certainty: str
    statements: Sequence[tuple[Term, Term, Term]]

    @property
    def things(self) -> list[tuple[Term, dict[Term, list[Term]]]]:
        """What they are about, each with its properties and the values of these."""
        found = []
        for thing, about in groupby(self.statements, key=lambda stated: stated[0]):
            values: dict[Term, list[Term]] = {}
            for _, property_, value in about:
                values.setdefault(property_, []).append(value)
            found.append((thing, values))
        return found


@dataclass(frozen=True)
class Row:
    """The cells of a table's row, or one paragraph, as their texts."""

    texts: Sequence[str]
    is_table: bool


def _page(entity: Entity) -> SubjectPage:
    """Return the page of a passage; one that may hold words that are not published is private."""
    most = site().bounds.statements
    contents = panel_of_first(_CONTENTS, most, passage=entity.iri)
    said = {
        group.predicate.removeprefix(ECP): group.values[0].other for group in entity.groups if group.direction == "from"
    }
    document = said.get("passageOf")
    is_seen = may_see_words()
    found = _words(entity.iri, document) if is_seen else []
    readings = _readings(entity.iri, contents)
    stated = (term for reading in readings for triple in reading.statements for term in triple)
    name_all(term.value for term in (*stated, *said.values()) if term.kind == "iri")
    context = {
        "called": _named,
        "document": document,
        "kind": said.get("passageKind"),
        "nothing": said.get("nothingToModel"),
        "places": [(label, said[name].text) for name, label in _PLACES.items() if name in said],
        "words": found if isinstance(found, Words) else None,
        "rows": list(_rows(found.parts)) if isinstance(found, Words) else [],
        "missed": found if isinstance(found, list) else [],
        "is_seen": is_seen,
        "is_private": is_seen and words_are_private(),
        "wanted": _slug(document) if document else "",
        "licence": site().copies.licence,
        "readings": readings,
        "meaning": _meaning,
        "referring": [group for group in entity.pointing if group.predicate != ECP + "readingOf"],
        "contents": contents,
    }
    return SubjectPage("passage/passage.html", context, is_passing=is_seen, finish=_finish)


def _finish(response: Response) -> Response:
    if may_see_words() and words_are_private():
        return private(response)
    if may_see_words():  # a copy may change without a new release
        response.headers["Cache-Control"] = "public, no-cache"
    return response


def _words(passage: str, document: Term | None) -> Words | list[Missed]:
    if document is None:
        return []
    anchors = site().keep(("anchors", document.value), lambda: _anchors(document))
    wait_s = None if current_app.config["TWIN"] else _WAIT_S
    return site().copies.words(_slug(document), passage, anchors, wait_s=wait_s)


def _anchors(document: Term) -> tuple[Anchor, ...]:
    """Return the position and the hash of every passage of a document that states both."""
    node = named_node(document.value)
    found = []
    for row in site().ask(_ANCHORS.format(document=node)).rows if node else ():
        passage, start, end, text_hash = (cell.value if cell else "" for cell in row)
        if _OFFSET.fullmatch(start) and _OFFSET.fullmatch(end):
            found.append(Anchor(passage, int(start), int(end), text_hash.lower()))
    return tuple(found)


def _slug(document: Term) -> str:
    """Return what the copies of a document are called: the end of its IRI."""
    return document.value.removeprefix(names().id).rpartition("/")[2]


def _readings(passage: str, contents: Panel) -> list[Reading]:
    """Return the readings of a passage, the strongest first, with what they state."""
    here = site()
    rows = here.keep(("readings", passage), lambda: here.ask(_READINGS.format(passage=f"<{passage}>"))).rows
    columns = [contents.cells(name) for name in ("reading", "subject", "property", "value")]
    stated: dict[str, list[tuple[Term, Term, Term]]] = {}
    for reading, subject, property_, value in zip(*columns, strict=True):
        if reading and subject and property_ and value:
            stated.setdefault(reading.value, []).append((subject, property_, value))
    return [Reading(graph, level.value, stated.get(graph.value, [])) for graph, level in rows if graph and level]


def _named(term: Term, name: str = "") -> str:
    """Return a term with its name, as `anchor` does."""
    if not name and term.kind == "iri":
        name = _property_words().get(term.text) or name_of(term.value)
    return anchor(term, name)


@cache
def _property_words() -> Mapping[str, str]:
    """Return the words for properties of other vocabularies, by their curies."""
    text = resources.files(__package__).joinpath("words.yaml").read_text(encoding="utf-8")
    found: dict[str, str] = yaml.safe_load(text)
    return found


def _meaning(notation: str) -> str:
    """Return what the glossary says of a certainty; nothing where the catalogue lacks it."""
    catalogue = site().catalogue
    if catalogue is None or _GLOSSARY not in catalogue:
        return ""
    rows = panel(_GLOSSARY).rows
    return next((row["definition"] for row in rows if (row["notation"], row["scheme"]) == (notation, _CERTAINTIES)), "")


def _rows(parts: Sequence[Block]) -> Iterator[Row]:
    """Yield the paragraphs and rows of a passage in order."""
    for (table, _), blocks in groupby(parts, key=lambda block: (block.table, block.row)):
        if table:
            yield Row([_unwrapped(block.text) for block in blocks], is_table=True)
        else:
            yield from (Row([_unwrapped(block.text)], is_table=False) for block in blocks)


def _unwrapped(text: str) -> str:
    """Return a text without the line breaks of its layout; one before which there was room is kept."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    longest = max(map(len, lines), default=0)
    shown = ""
    for before, line in zip(["", *lines], lines, strict=False):
        is_full = len(before) + 1 + len(line.partition(" ")[0]) > _FULL * longest
        shown += (" " if is_full else "\n") + line if before else line
    return shown


SUBJECT: Final = Subject(ECP + "SourcePassage", _page, queries=(_CONTENTS,))
