"""An accepted draft as statements: what a cell says verbatim, what was resolved, and what a rule read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import CONCEPTS, Names
from ecp_graph.plans.draft.model import Draft, DraftName, DraftRow, DraftTime
from ecp_graph.plans.known.things import KnownThing
from ecp_graph.plans.rows import Cell
from ecp_graph.plans.writing.chapters import Chapter, chapters_of
from ecp_graph.plans.writing.evidence import Certainty, Evidence, Place, cell_place, iri, row_place
from ecp_graph.plans.writing.linked import Linked, linked_chapter
from ecp_graph.plans.writing.minting import Minter, slug_of
from ecp_graph.plans.writing.names import OwnThing, Things
from ecp_graph.plans.writing.texts import clean, key
from ecp_graph.plans.writing.timeframes import deadline, first_second, last_second, names_month, stated_time

__all__ = ["Surroundings", "Written", "write_plan"]

#: How an action is linked with what it names in a field, with the field's text as a whole where it has one.
_LINKS: Final = {
    "programmes": "ecp:underProgramme",
    "instruments": "ecp:concernsInstrument",
    "topics": "dcterms:subject",
    "goals": "ecp:contributesToGoal",
}
_PROGRAMME_TEXT: Final = "ecp:programmeText"
_CONSULTED: Final = "consulted"
_STATED_ROLES: Final = frozenset({"lead", "partner", _CONSULTED})


@dataclass(frozen=True)
class Surroundings:
    """The workspace that a plan is written for: its names, what it knows, the IRIs that it has, and its plans.

    ``body`` is the IRI of the body whose plan it is, ``follows`` that of the plan before; each may be empty.
    """

    names: Names
    known: Sequence[KnownThing] = ()
    taken: frozenset[str] = frozenset()
    body: str = ""
    follows: str = ""


@dataclass(frozen=True)
class Written:
    """What was written of a plan: the IRI of each accepted row by its locator, and the things of the plan's own."""

    actions: dict[str, str]
    own: tuple[OwnThing, ...]
    _evidence: tuple[Evidence, ...]

    @property
    def quads(self) -> Iterator[ox.Quad]:
        """The statements, those of a reading together."""
        return (quad for evidence in self._evidence for quad in evidence.quads())


def write_plan(draft: Draft, around: Surroundings) -> Written:
    """Return the statements of the accepted rows of a draft; they conform to the core shapes.

    A name that is not sure is a thing of the plan's own. A number that two actions share is left out, and so is the
    order of chapters where the rows do not follow it.
    """
    return _Writer(draft, around).written()


class _Writer:
    def __init__(self, draft: Draft, around: Surroundings) -> None:
        base = around.names.base
        self._draft = draft
        self._around = around
        self._slug = draft.given.plan
        self._language = draft.language
        self._plan = f"{around.names.id}plan/{self._slug}"
        self._rows = tuple(row for row in draft.accepted if clean(row.title))
        kept = {row.action for row in self._rows if row.action} | {orphan.action for orphan in draft.orphans}
        self._minter = Minter(around.names.id, around.taken | kept)
        self._minter.take(self._plan)
        self._things = Things(around.known, self._minter, self._plan, self._language)
        self._evidence = Evidence(base, self._slug)
        self._importing = Evidence(base, f"{self._slug}-import")
        tables = {(cell.sheet, cell.table) for row in self._rows for cell in row.row.cells.values() if cell.row}
        self._is_only_table = len(tables) <= 1
        numbers = Counter(clean(row.number) for row in self._rows)
        self._unique = {number for number, count in numbers.items() if count == 1}
        integers = Counter(map(_integer, numbers.elements()))
        self._integers = {number for number, count in integers.items() if count == 1 and number}
        self._numbered: dict[str, set[str]] = {}
        listed = (linked_chapter(each.row) for each in draft.linked if each.row.kind == "chapter")
        self._chapters = chapters_of(self._rows, self._minter, self._slug, listed)
        self._files = {name: Evidence(base, f"{self._slug}-{slug_of(PurePath(name).stem)}") for name in draft.files}
        self._described: set[str] = set()
        self._actions: dict[str, str] = {}

    def written(self) -> Written:
        self._state_import()
        linked = Linked(self._draft.linked, self._files, self._things, self._chapters, self._plan, self._language)
        linked.state_chapters()
        linked.state_bodies(self._minter)
        self._described = {chapter.iri for chapter in linked.chapters}
        self._things.prepare(name for row in self._rows for name in row.names)
        self._things.prepare(name for each in self._draft.linked for name in each.names)
        for position, row in enumerate(self._rows, 1):
            self._state_row(position, row)
        by_number = {clean(row.number): self._actions[row.row.locator] for row in reversed(self._rows) if row.number}
        told = {self._actions[row.row.locator] for row in self._rows if row.row.responsible}
        linked.state_indicators(self._minter, by_number, told)
        return Written(self._actions, self._things.own, (self._importing, self._evidence, *self._files.values()))

    def _state_import(self) -> None:
        """State what whoever imports the plan says of it, which is in no cell."""
        given, names = self._draft.given, self._around.names
        place = Place("statement", "code-list", f"data/{self._slug}/plan.trig")
        document = f"{names.id}document/{self._slug}"
        said = f"{document}-import"

        def state(subject: str, predicate: str, value: ox.Literal | str) -> None:
            self._importing.state(place, "external", subject, predicate, value)

        def label(text: str, language: str = "") -> ox.Literal:
            return ox.Literal(clean(text), language=language or self._language)

        state(said, "rdf:type", "ecp:SourceDocument")
        state(said, "skos:prefLabel", label(f"What was said when {self._slug} was brought in", "en"))
        state(document, "rdf:type", "ecp:SourceDocument")
        state(document, "skos:prefLabel", label(self._draft.document))
        state(document, "dcterms:language", ox.Literal(self._language))
        state(self._plan, "rdf:type", "ecp:ActionPlan")
        if self._draft.title_cell:
            where = self._place(self._draft.title_cell)
            self._evidence.state(where, "verbatim", self._plan, "skos:prefLabel", label(self._draft.title))
        else:
            state(self._plan, "skos:prefLabel", label(self._draft.title))
        state(self._plan, "ecp:annexedTo", document)
        for name in self._draft.files:
            other = f"{document}-{slug_of(PurePath(name).stem)}"
            state(other, "rdf:type", "ecp:SourceDocument")
            state(other, "skos:prefLabel", label(name))
            state(self._plan, "ecp:annexedTo", other)
        if given.start:
            state(self._plan, "ecp:from", first_second(given.start))
        if given.end:
            state(self._plan, "ecp:until", last_second(given.end))
        if self._around.follows:
            state(self._plan, "ecp:previousPhase", self._around.follows)
        if given.body:
            body = self._around.body
            if not body:
                body = self._minter.mint("body", given.body)
                state(body, "rdf:type", "ecp:Body")
                state(body, "skos:prefLabel", label(given.body))
                state(body, "skos:notation", ox.Literal(clean(given.body)))
                self._things.introduce("body", given.body, body)
            state(self._plan, "ecp:programmeOf", body)

    def _state_row(self, position: int, row: DraftRow) -> None:
        first = row.row.cells.get("title") or next(iter(row.row.cells.values()), Cell(row.row.locator, row.title))
        place = row_place(first, row.row.locator, is_only_table=self._is_only_table)
        action = row.action or self._mint(position, row)
        self._actions[row.row.locator] = action
        state = self._evidence.state
        state(place, "verbatim", action, "rdf:type", "ecp:Action")
        state(place, "verbatim", action, "ecp:position", ox.Literal(position))
        chapter = self._chapter(row, place)
        if chapter:
            state(place, "verbatim", action, "ecp:inChapter", chapter.iri)
        else:
            state(place, "verbatim", action, "ecp:belongsToPlan", self._plan)
        self._state_number(row, action, place)
        where, certainty = self._where(row, "title", row.title, place)
        state(where, certainty, action, "skos:prefLabel", ox.Literal(clean(row.title), language=self._language))
        self._state_responsible(row, action, place)
        for field in _LINKS:
            self._state_links(row, action, field)
        self._state_time(row, action, place)

    def _mint(self, position: int, row: DraftRow) -> str:
        number = clean(row.number)
        if not number:
            return self._minter.mint("action", self._slug, f"row-{position}")
        chapter = "" if number in self._unique else self._chapters_slug(row)
        return self._minter.mint("action", self._slug, chapter, number)

    def _chapters_slug(self, row: DraftRow) -> str:
        chapter = self._chapters.get(key(row.chapter))
        return chapter.iri.rpartition("/")[2].removeprefix(f"{self._slug}-") if chapter else ""

    def _where(self, row: DraftRow, field: str, value: str, place: Place) -> tuple[Place, Certainty]:
        """Return the place of a value and how sure it is.

        It is verbatim in the cell that has it, and normalised in the row where it was put together from several. What a
        person changed is a reading of its cell.
        """
        cells = row.row.cells
        own = cells.get(field)
        if field in row.edited:
            return (self._place(own) if own else place), "interpreted"
        having = [cell for cell in (own, *cells.values()) if cell and key(value) in key(cell.text)]
        if having:
            return self._place(having[0]), "verbatim"
        if own and f"{field} 2" not in cells:
            return self._place(own), "normalised"
        return place, "normalised"

    def _place(self, cell: Cell) -> Place:
        return cell_place(cell, is_only_table=self._is_only_table)

    def _chapter(self, row: DraftRow, place: Place) -> Chapter | None:
        chapter = self._chapters.get(key(row.chapter))
        if chapter and chapter.iri not in self._described:
            self._described.add(chapter.iri)
            where, certainty = self._where(row, "chapter", row.chapter, place)
            chapter.state(where, certainty, self._evidence, self._plan, self._language)
        return chapter

    def _state_number(self, row: DraftRow, action: str, place: Place) -> None:
        """State a number, unless an action of the same chapter has it: then a person has to say which is right."""
        number = clean(row.number)
        chapter = key(row.chapter)
        chapters = self._numbered.setdefault(number, set())
        if not number or chapter in chapters or "" in chapters or (chapters and not chapter):
            return
        chapters.add(chapter)
        where, certainty = self._where(row, "number", number, place)
        if _integer(number) in self._integers:
            self._evidence.state(where, certainty, action, "ecp:actionNumber", ox.Literal(_integer(number)))
        self._evidence.state(where, certainty, action, "ecp:numberText", ox.Literal(number))

    def _state_responsible(self, row: DraftRow, action: str, place: Place) -> None:
        names = row.named("responsible")
        text = self._state_text(row, action, "responsible", "ecp:responsibleText", place)
        linked: set[str] = set()
        # who is responsible and consulted is responsible
        for name in sorted(names, key=lambda name: name.role == _CONSULTED):
            if name.role == "open":
                self._state_group(name, action)
                continue
            where = self._place(name.cell)
            body = self._things.iri_of(name, where, self._evidence)
            if body not in linked:
                linked.add(body)
                certainty = self._things.certainty(name)
                link = "ecp:involvesParty" if name.role == _CONSULTED else "ecp:responsibleBody"
                self._evidence.state(where, certainty, action, link, body)
                self._state_role(name, action, body, where, certainty)
        for body in self._things.listed("body", text):
            if body not in linked:
                self._evidence.state(place, "normalised", action, "ecp:responsibleBody", body)

    def _state_group(self, name: DraftName, action: str) -> None:
        where = self._place(name.cell)
        certainty = self._things.certainty(name)
        group = self._minter.mint("group", action.rpartition("/")[2], "open")
        self._evidence.state(where, certainty, action, "ecp:responsibleParty", group)
        self._evidence.state(where, certainty, group, "rdf:type", "ecp:OpenBodyGroup")
        label = ox.Literal(clean(name.text), language=self._language)
        self._evidence.state(where, certainty, group, "skos:prefLabel", label)

    def _state_role(self, name: DraftName, action: str, body: str, where: Place, certainty: Certainty) -> None:
        """State the role of a body where the document says one."""
        if name.role not in _STATED_ROLES:
            return
        part = self._minter.mint("participation", action.rpartition("/")[2], body.rpartition("/")[2])
        self._evidence.state(where, certainty, part, "rdf:type", "ecp:Participation")
        self._evidence.state(where, certainty, part, "ecp:participationIn", action)
        self._evidence.state(where, certainty, part, "ecp:participant", body)
        self._evidence.state(where, certainty, part, "ecp:role", f"{CONCEPTS}role-{name.role}")

    def _state_text(self, row: DraftRow, action: str, field: str, predicate: str, place: Place) -> str:
        """State the text of a field as it is written, and return it; that of several cells is put together.

        Where a person added names or took some out, the text does not agree with them, and is not stated.
        """
        cells = [] if field in row.edited else _cells(row, field)
        text = clean("; ".join(filter(None, (clean(cell.text) for cell in cells))))
        if text:
            where, certainty = (self._place(cells[0]), "verbatim") if len(cells) == 1 else (place, "normalised")
            self._evidence.state(where, certainty, action, predicate, ox.Literal(text))  # type: ignore[arg-type]
        return text

    def _state_links(self, row: DraftRow, action: str, field: str) -> None:
        names = row.named(field)
        text = ""
        if field == "programmes":
            first = names[0].cell if names else None
            text = self._state_text(row, action, field, _PROGRAMME_TEXT, self._place(first)) if first else ""
        linked: set[str] = {self._plan}
        for name in names:
            where = self._place(name.cell)
            thing = self._things.iri_of(name, where, self._evidence)
            if thing not in linked:
                linked.add(thing)
                self._evidence.state(where, self._things.certainty(name), action, _LINKS[field], thing)
        for thing in self._things.listed("programme", text):
            if thing not in linked:
                self._evidence.state(self._place(names[0].cell), "normalised", action, _LINKS[field], thing)

    def _state_time(self, row: DraftRow, action: str, place: Place) -> None:
        time = stated_time(replace(row.time, sessions_of=row.time.sessions_of or self._sessions(row.time)))
        text = clean(row.time.text)
        where, how = self._where(row, "time", text, place) if text else (place, "verbatim")
        how = "normalised" if how == "normalised" else "verbatim"  # the text itself is never edited
        frame = f"{self._around.names.id}timeframe/{action.rpartition('/')[2]}"
        self._evidence.state(where, how, action, "ecp:timeframe", frame)
        self._evidence.state(where, how, frame, "rdf:type", "ecp:Timeframe")
        if text and time.kind != "not-stated":
            self._evidence.state(where, how, frame, "ecp:timeframeText", ox.Literal(text))
        certainty: Certainty = "interpreted" if time.has_dates or "time" in row.edited else "normalised"
        self._evidence.state(where, certainty, frame, "ecp:timeframeKind", f"{CONCEPTS}timeframe-{time.kind}")
        if time.start:
            self._evidence.state(where, certainty, frame, "ecp:from", first_second(time.start))
        if time.end:
            self._evidence.state(where, certainty, frame, "ecp:until", deadline(time.end, text))
        if time.kind == "deadline" and len(time.end) == len("YYYY-MM") and names_month(text, int(time.end[5:])):
            month = ox.Literal(time.end, datatype=iri("xsd:gYearMonth"))
            self._evidence.state(where, "normalised", frame, "ecp:month", month)
        if time.sessions_of:
            self._evidence.state(where, "normalised", frame, "ecp:tiedToSessionsOf", time.sessions_of)

    def _sessions(self, time: DraftTime) -> str:
        """Return the body of the plan's own whose sessions a time names; empty where it names none or several."""
        return self._things.named_in("body", time.text) if "session" in time.kind else ""


def _cells(row: DraftRow, field: str) -> list[Cell]:
    """Return the cells of a field in the order of its names, each once, but for a column of those who are consulted."""
    cells: Iterable[Cell] = [name.cell for name in row.named(field) if not name.is_in_title]
    apart = {cell.locator for name, cell in row.row.cells.items() if name.partition(" ")[0] == _CONSULTED}
    return list({cell.locator: cell for cell in cells if cell.locator not in apart}.values())


def _integer(number: str) -> int:
    """Return a number as written as a whole number, or 0 where it is none."""
    return int(number) if number.isascii() and number.isdecimal() else 0
