"""What a draft reading holds. Nothing of it is in the graph until it is accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, get_args

from ecp_graph.plans.rows import ActionRow, Cell, LinkedRow, Problem, Role

__all__ = [
    "NAMED_FIELDS",
    "STATUSES",
    "Draft",
    "DraftLinked",
    "DraftName",
    "DraftRow",
    "DraftTime",
    "Given",
    "Orphan",
    "Status",
]

#: What becomes of a line: it is taken as it stands, it needs a change (and is taken as changed), it is left out.
Status: TypeAlias = Literal["accept", "change", "drop"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
#: The fields of a row that name things, with the kind of thing in each.
NAMED_FIELDS: Final = {
    "responsible": "body",
    "programmes": "programme",
    "instruments": "instrument",
    "topics": "topic",
    "goals": "goal",
}


@dataclass(frozen=True)
class Given:
    """What whoever brings a plan in says of it, and no document does.

    ``start`` and ``end`` are dates (YYYY, YYYY-MM or YYYY-MM-DD), ``body`` is the code of the body whose plan it is,
    ``follows`` the slug of the plan of which it is the next phase; each may be empty.
    """

    plan: str
    title: str = ""
    start: str = ""
    end: str = ""
    body: str = ""
    follows: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class DraftName:
    """A name in a cell and what it was matched with.

    ``iri``, ``code`` and ``label`` are those of the best match, which is a fact only if ``is_sure``. ``others`` are
    the names of what it could be too.
    """

    text: str
    kind: str
    cell: Cell
    role: Role | None = None
    iri: str = ""
    code: str = ""
    label: str = ""
    score: float = 0.0
    is_sure: bool = False
    why: str = ""
    others: tuple[str, ...] = ()
    is_in_title: bool = False

    @property
    def match(self) -> str:
        """The code of what it is for sure, else its IRI; empty where nothing is sure."""
        return (self.code or self.iri) if self.is_sure else ""

    @property
    def is_question(self) -> bool:
        """Whether it may be something known, which a person has to say."""
        return bool(self.iri) and not self.is_sure


@dataclass(frozen=True)
class DraftTime:
    """A time as written and what was understood of it: kind, bounds (YYYY-MM or YYYY-MM-DD), EDTF.

    ``sessions_of`` is the IRI of the body whose sessions the text names.
    """

    text: str = ""
    kind: str = "not-stated"
    start: str = ""
    end: str = ""
    edtf: str = ""
    why: str = ""
    sessions_of: str = ""


@dataclass(frozen=True)
class DraftRow:
    """A row with what was understood of it; ``row`` is what was read and is not edited.

    ``edited`` are the names of the fields that a person changed in the draft. ``action`` is the IRI that the same
    action already has, ``change`` says what became of it since: new, same, changed.
    """

    row: ActionRow
    number: str = ""
    title: str = ""
    chapter: str = ""
    names: tuple[DraftName, ...] = ()
    time: DraftTime = field(default_factory=DraftTime)
    status: Status = "accept"
    doubts: tuple[str, ...] = ()
    edited: frozenset[str] = frozenset()
    action: str = ""
    change: str = ""

    def named(self, name: str) -> tuple[DraftName, ...]:
        """Return the names in a field, in the order of its cells."""
        return tuple(found for found in self.names if found.kind == NAMED_FIELDS[name])


@dataclass(frozen=True)
class DraftLinked:
    """A row of a table that a mapping links with the actions, and what its names were matched with."""

    row: LinkedRow
    names: tuple[DraftName, ...] = ()


@dataclass(frozen=True)
class Orphan:
    """An action of an earlier version of the document that this one does not have."""

    action: str
    number: str
    title: str


@dataclass(frozen=True)
class Draft:
    """The draft reading of one document. ``path`` is where it was read, ``document`` its name.

    ``linked`` are the rows of other tables, ``files`` the names of the files in which these are. ``heading`` is the
    cell or the paragraph with the title of the plan.
    """

    given: Given
    path: str
    document: str
    sha256: str
    language: str
    rows: tuple[DraftRow, ...]
    problems: tuple[Problem, ...] = ()
    taken: tuple[str, ...] = ()
    unread: int = 0
    orphans: tuple[Orphan, ...] = ()
    linked: tuple[DraftLinked, ...] = ()
    files: tuple[str, ...] = ()
    heading: Cell | None = None

    @property
    def title(self) -> str:
        """The title of the plan: as it was given, or as the document has it, or else the name of the document."""
        told = " ".join(self.heading.text.split()) if self.heading else ""
        return self.given.title or told or self.document.rpartition(".")[0] or self.given.plan

    @property
    def title_cell(self) -> Cell | None:
        """Where the title of the plan is in the document; None where it is from elsewhere."""
        return self.heading if self.heading and self.title == " ".join(self.heading.text.split()) else None

    @property
    def accepted(self) -> tuple[DraftRow, ...]:
        """The rows that become actions."""
        return tuple(row for row in self.rows if row.status != "drop")

    @property
    def questions(self) -> Iterator[tuple[DraftRow, DraftName]]:
        """Each name that may be something known, with its row."""
        return ((row, name) for row in self.rows for name in row.names if name.is_question)

    def counts(self, kind: str) -> Counter[str]:
        """Return how many names of a kind are ``sure``, a ``question`` or the plan's ``own``, but for open groups."""
        names = (name for row in self.rows for name in row.names if name.kind == kind and name.role != "open")
        return Counter("sure" if name.is_sure else "question" if name.is_question else "own" for name in names)
