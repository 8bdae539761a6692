"""What was read of a document: its rows of actions, each value with the cell that it is in.

Nothing here is resolved or interpreted: texts are those of the cells, names are the parts of a cell in its order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

__all__ = ["ActionRow", "Cell", "DocumentRows", "LinkedRow", "Named", "Problem", "Role"]

#: What a body has to do with an action. One that the document names beside it and says no more of is ``responsible``;
#: one that is ``consulted`` is heard, and answers for nothing; ``open`` is a group of bodies that are not named, such
#: as "all members".
Role: TypeAlias = Literal["lead", "partner", "consulted", "responsible", "open"]


@dataclass(frozen=True)
class Cell:
    """A cell: its text, and where it is: ``Plan!C7``, ``table 1 row 4 column 2``, ``line 9 column 3``.

    ``table``, ``row`` and ``column`` are its numbers, from 1, as an anchor of evidence has them; ``sheet`` is empty but
    in a workbook.
    """

    locator: str
    text: str
    table: int = 1
    row: int = 0
    column: int = 0
    sheet: str = ""


@dataclass(frozen=True)
class Named:
    """A part of a cell that names something, as it is written; a body has a role.

    ``iri`` is what a mapping makes of it by a valueUrl, and empty without one.
    """

    text: str
    cell: Cell
    role: Role | None = None
    iri: str = ""


@dataclass(frozen=True)
class ActionRow:
    """One action of a document.

    ``locator`` is ``SHEET!row N``, ``table N row N`` or ``line N``. ``chapter`` begins with its number where it has
    one. ``cells`` are those that the values were read from, by the name of the field: number, title, chapter, time …;
    where a row goes on in another, the second cell of its title is ``title 2``.
    """

    locator: str
    number: str = ""
    title: str = ""
    chapter: str = ""
    responsible: tuple[Named, ...] = ()
    programmes: tuple[Named, ...] = ()
    instruments: tuple[Named, ...] = ()
    topics: tuple[Named, ...] = ()
    goals: tuple[Named, ...] = ()
    time: str = ""
    cells: Mapping[str, Cell] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Something that could not be read: where, a code in words joined by hyphens, and a sentence on what to do."""

    locator: str
    code: str
    message: str

    @property
    def sentence(self) -> str:
        """The message with the place before it, where it does not name the place itself."""
        return self.message if self.locator in self.message else f"{self.locator}: {self.message}"


@dataclass(frozen=True)
class LinkedRow:
    """A row of a table that a mapping links with the actions: a chapter, a body or an indicator.

    ``document`` is the name of its file. ``number`` is that of a chapter or the code of a body, ``chapter`` as in an
    action, ``actions`` are the numbers of the actions that an indicator belongs to.
    """

    kind: Literal["chapter", "body", "indicator"]
    document: str
    locator: str
    number: str = ""
    title: str = ""
    chapter: str = ""
    responsible: tuple[Named, ...] = ()
    actions: tuple[str, ...] = ()
    cells: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class DocumentRows:
    """The rows of one document in their order, and what could not be read.

    ``taken`` says what was assumed of the file: encoding, separator, sheet. ``unread`` counts the rows of a table of
    actions that gave no action. ``linked`` are the rows of other tables that a mapping names, and ``files`` the names
    and hashes (SHA-256) of the files that they are in. ``title`` is that of the plan, where one is above them.
    """

    path: str
    sha256: str
    rows: tuple[ActionRow, ...]
    problems: tuple[Problem, ...] = ()
    language: str = ""
    taken: tuple[str, ...] = ()
    unread: int = 0
    linked: tuple[LinkedRow, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    title: Cell | None = None
