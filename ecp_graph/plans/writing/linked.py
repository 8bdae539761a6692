"""What tables that a mapping links with the actions say: the plan's chapters, its bodies by their codes, indicators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

import pyoxigraph as ox

from ecp_graph.plans.draft.model import DraftLinked
from ecp_graph.plans.rows import Cell, LinkedRow
from ecp_graph.plans.writing.chapters import Chapter
from ecp_graph.plans.writing.evidence import Evidence, Place, cell_place, row_place
from ecp_graph.plans.writing.minting import Minter
from ecp_graph.plans.writing.names import Things
from ecp_graph.plans.writing.texts import clean, key

__all__ = ["Linked", "linked_chapter"]


def linked_chapter(row: LinkedRow) -> str:
    """Return how a row of actions names the chapter that a linked row describes."""
    return f"{row.number} {row.title}".strip()


class Linked:
    """States what linked rows say, each in the reading of its row in its own document."""

    def __init__(
        self,
        linked: Iterable[DraftLinked],
        files: Mapping[str, Evidence],
        things: Things,
        chapters: Mapping[str, Chapter],
        plan: str,
        language: str,
    ) -> None:
        """Begin without statements; ``files`` collects those of each document by its name."""
        self._linked = tuple(linked)
        self._files = files
        self._things = things
        self._chapters = chapters
        self._plan = plan
        self._slug = plan.rpartition("/")[2]
        self._language = language

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The chapters that linked rows describe."""
        return tuple(self._chapters[key(linked_chapter(each.row))] for each in self._of("chapter"))

    def state_chapters(self) -> None:
        """State the chapters that are described."""
        for each in self._of("chapter"):
            chapter = self._chapters[key(linked_chapter(each.row))]
            chapter.state(_place(each.row), "verbatim", self._files[each.row.document], self._plan, self._language)

    def state_bodies(self, minter: Minter) -> None:
        """State the bodies that are described, and let their codes and names stand for them everywhere.

        A body with the name of one before it goes by its code.
        """
        seen: set[str] = set()
        for each in self._of("body"):
            row, evidence, place = each.row, self._files[each.row.document], _place(each.row)
            code, name = clean(row.number), clean(row.title)
            if key(name) in seen:
                name = code
            seen.add(key(name))
            body = minter.mint("body", code or name)
            evidence.state(place, "verbatim", body, "rdf:type", "ecp:Body")
            evidence.state(place, "verbatim", body, "skos:prefLabel", self._label(name or code))
            if code:
                evidence.state(_place(row, "notation"), "verbatim", body, "skos:notation", ox.Literal(code))
            for text in filter(None, (code, name)):
                self._things.introduce("body", text, body)

    def state_indicators(self, minter: Minter, actions: Mapping[str, str], told: Set[str]) -> None:
        """State the indicators, what they measure, and by interpretation who is responsible for that.

        ``actions`` gives the IRIs of actions by their numbers; those in ``told`` have responsible bodies of their own.
        """
        for number, each in enumerate(self._of("indicator"), 1):
            row, evidence = each.row, self._files[each.row.document]
            indicator = minter.mint("indicator", self._slug, clean(row.number) or str(number))
            named, linked, charged = (_place(row, field) for field in ("title", "action", "responsible"))
            evidence.state(named, "verbatim", indicator, "rdf:type", "ecp:Indicator")
            evidence.state(named, "verbatim", indicator, "skos:prefLabel", self._label(clean(row.title)))
            measured = [actions[clean(text)] for text in row.actions if clean(text) in actions]
            for action in measured:
                evidence.state(linked, "verbatim", indicator, "ecp:measures", action)
            if not measured:
                evidence.state(named, "interpreted", indicator, "ecp:measures", self._plan)
            for name in each.names:
                body = self._things.iri_of(name, charged, evidence)
                for action in measured:
                    link = "ecp:responsibleParty" if action in told else "ecp:responsibleBody"
                    evidence.state(charged, "interpreted", action, link, body)

    def _of(self, kind: str) -> Iterator[DraftLinked]:
        return (each for each in self._linked if each.row.kind == kind and clean(each.row.title or each.row.number))

    def _label(self, text: str) -> ox.Literal:
        return ox.Literal(text, language=self._language)


def _place(row: LinkedRow, field: str = "title") -> Place:
    """Return the passage of a cell of a row, or of the row where it has no such cell."""
    cell = row.cells.get(field)
    if cell is not None:
        return cell_place(cell, is_only_table=True)
    return row_place(next(iter(row.cells.values()), Cell(row.locator, row.title)), row.locator, is_only_table=True)
