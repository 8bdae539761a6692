"""Takes a draft reading as a person edited it: which rows, and what each of them says now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from ecp_graph.errors import ImportRefused
from ecp_graph.plans.draft.columns import ASKED, cells_of, shown
from ecp_graph.plans.draft.edited import EditedDraft, EditedLine
from ecp_graph.plans.draft.model import NAMED_FIELDS, Draft, DraftName, DraftRow, DraftTime, Status
from ecp_graph.plans.draft.workbook import ACTIONS, KINDS, ROLES
from ecp_graph.plans.rows import Cell, Role
from ecp_graph.plans.writing.timeframes import stated_time

__all__ = ["Decided", "accepted_draft"]

#: What a code, an IRI or a prefixed name of a kind stands for: its IRI and its code; None for nothing known.
Resolve = Callable[[str, str], tuple[str, str] | None]

#: Problems of a workbook that one message tells.
_TOLD: Final = 10
_ROLELESS: Final = "responsible"
_NEEDS: Final = (
    "A window has both, in this order, and a deadline only Until. What is recurrent may have them, all else has "
    "none. Where the document says nothing of time there can be a window or a deadline."
)


@dataclass(frozen=True)
class Decided:
    """What a person decided about a name: that it is a known thing (IRI), or is not."""

    text: str
    kind: str
    iri: str
    is_same: bool


def accepted_draft(draft: Draft, edited: EditedDraft, resolve: Resolve) -> tuple[Draft, tuple[Decided, ...]]:
    """Return the draft as edited, and what was decided of names that the draft asked about or took for another thing.

    ``draft`` is that of the document as it is now. A row that the workbook no longer has is dropped. Raises
    ImportRefused, with sheet and cell, for a draft of another document or another version of it, and for edits that
    cannot be understood.
    """
    _same_document(draft, edited)
    known = {row.row.locator for row in draft.rows}
    refused = [
        f"{line.place}: the document has no row '{locator}'. Keep what the draft had in the column Where."
        for locator, line in edited.lines.items()
        if locator not in known
    ]
    rows: list[DraftRow] = []
    decided: list[Decided] = []
    for row in draft.rows:
        line = edited.lines.get(row.row.locator)
        if line is None:
            rows.append(replace(row, status="drop"))
            continue
        reader = _Line(row, line, edited, resolve)
        rows.append(reader.row())
        decided += reader.decided
        refused += reader.refused
    if refused:
        more = f"\n… and {len(refused) - _TOLD} more" if len(refused) > _TOLD else ""
        raise ImportRefused("\n".join(refused[:_TOLD]) + more)
    return replace(draft, rows=tuple(rows)), tuple(dict.fromkeys(decided))


def _same_document(draft: Draft, edited: EditedDraft) -> None:
    plan, sha256 = edited.about.get("plan", ""), edited.about.get("sha256", "")
    if plan != draft.given.plan:
        raise ImportRefused(f"{edited.path} is the draft of the plan '{plan}', not of '{draft.given.plan}'.")
    if sha256 != draft.sha256:
        raise ImportRefused(
            f"{draft.path} is not the document that {edited.path} was made from: one of them has changed since. "
            "Import the document again to get a new draft."
        )


class _Line:
    """Reads one edited line against the row that it is about."""

    def __init__(self, row: DraftRow, line: EditedLine, edited: EditedDraft, resolve: Resolve) -> None:
        self._row = row
        self._line = line
        self._edited = edited
        self._resolve = resolve
        self._before = cells_of(row)
        self.refused: list[str] = []
        self.decided: list[Decided] = []

    def row(self) -> DraftRow:
        """Return the row as it was edited; what cannot be understood is reported in ``refused``."""
        texts = {field: self._text(field) for field in ("number", "title", "chapter")}
        if not texts["title"]:
            self._refuse("title", "an action needs a text. Write one, or drop the line.")
        names = [name for field, kind in NAMED_FIELDS.items() for name in self._names(field, kind)]
        edited = {field for field, text in texts.items() if text != getattr(self._row, field)}
        time = self._time()
        if time != self._row.time:
            edited.add("time")
        for field, kind in NAMED_FIELDS.items():
            now = [shown(name.text) for name in names if name.kind == kind]
            if now != [shown(name.text) for name in self._row.named(field)]:
                edited.add(field)
        status = cast("Status", self._line.word("status"))
        row = replace(self._row, names=tuple(names), time=time, status=status, edited=frozenset(edited))
        return replace(row, number=texts["number"], title=texts["title"], chapter=texts["chapter"])

    def _text(self, field: str) -> str:
        """Return a text as edited, or as it was read where the workbook shows just that."""
        now = self._line.text(field)
        return cast("str", getattr(self._row, field)) if now == self._before[field].strip() else shown(now)

    def _time(self) -> DraftTime:
        now = {field: self._line.word(field) for field in ("kind", "from", "until")}
        if all(now[field] == self._before[field] for field in now):
            return self._row.time
        kind = now["kind"]
        time = replace(self._row.time, kind=kind, start=now["from"], end=now["until"], edtf="", why="Set in the draft.")
        if kind not in KINDS:
            self._refuse("kind", f"'{kind}' is not a kind of time. Write one of {', '.join(KINDS)}.")
        elif not _is_stated(time):
            given = f"'{kind}' cannot be stated with From '{time.start}' and Until '{time.end}'"
            self._refuse("kind", f"{given}. {_NEEDS}")
        return time

    def _names(self, field: str, kind: str) -> Iterator[DraftName]:
        texts, matches = self._line.lines(field), self._line.lines(f"{field} match")
        roles = self._line.lines("roles") if field == "responsible" else []
        for column, lines in ((f"{field} match", matches), ("roles", roles)):
            if len(lines) > len(texts):
                counts = f"{len(lines)} lines beside {len(texts)} names"
                self._refuse(column, f"it has {counts}. Write what each name is on its line; a line may be empty.")
        before = list(self._row.named(field))
        for number, text in enumerate(texts):
            match = matches[number] if number < len(matches) else ""
            if not text:
                if match:
                    self._refuse(
                        field, f"line {number + 1} is empty, but beside it is '{match}'. Name it, or empty both."
                    )
                continue
            role = (
                self._role(roles[number].casefold() if number < len(roles) else "") if field == "responsible" else None
            )
            yield self._name(_taken(before, text) or self._added(field, kind, text), match, role)

    def _role(self, text: str) -> Role:
        if text and text not in ROLES:
            self._refuse("roles", f"'{text}' is not a role. Write one of {', '.join(ROLES)}.")
        return cast("Role", text or _ROLELESS)

    def _name(self, name: DraftName, match: str, role: Role | None) -> DraftName:
        was = f"{ASKED}{name.code or name.iri}" if name.is_question else name.match
        name = replace(name, role=role)
        if match == was:
            return name
        if match.startswith(ASKED.strip()):
            return replace(name, is_sure=False)
        if not match:
            if name.iri:
                self.decided.append(Decided(name.text, name.kind, name.iri, is_same=False))
            return replace(name, iri="", code="", is_sure=False, why="Set in the draft.")
        found = self._resolve(match, name.kind)
        if found is None:
            column = f"{next(field for field, kind in NAMED_FIELDS.items() if kind == name.kind)} match"
            self._refuse(column, f"'{match}' is no {name.kind} that the workspace knows. Write its code or its IRI.")
            return name
        iri, code = found
        self.decided.append(Decided(name.text, name.kind, iri, is_same=True))
        return replace(name, iri=iri, code=code, is_sure=True, score=1.0, why="Set in the draft.")

    def _added(self, field: str, kind: str, text: str) -> DraftName:
        """Return a name that the document does not have there; it is traced to the cell that it stands for."""
        cells: Mapping[str, Cell] = self._row.row.cells
        own: Sequence[DraftName] = self._row.named(field)
        cell = own[0].cell if own else cells.get(field) or cells.get("title") or next(iter(cells.values()))
        return DraftName(shown(text), kind, cell, why="Written in the draft.")

    def _refuse(self, column: str, sentence: str) -> None:
        place = self._line.places[column]
        self.refused.append(f"{self._edited.path}, sheet {ACTIONS}, cell {place}: {sentence}")


def _is_stated(time: DraftTime) -> bool:
    """Whether the graph can have a time as it is set, but for whose sessions it goes by."""
    stated = stated_time(time)
    has_bounds = (stated.start, stated.end) == (time.start, time.end)
    return has_bounds and (stated.kind == time.kind or "session" in time.kind)


def _taken(names: list[DraftName], text: str) -> DraftName | None:
    """Take the first name that is shown so out of the list, and return it."""
    for number, name in enumerate(names):
        if shown(name.text) == text:
            return names.pop(number)
    return None
