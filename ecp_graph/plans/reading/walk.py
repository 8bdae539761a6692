"""Walks down the rows below a row of headings and says what each is: an action, the rest of one, a chapter, a note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Final, Literal, TypeAlias

from ecp_graph.plans.reading.chapters import is_chapter_title, is_note, one_line
from ecp_graph.plans.reading.headings import Layout, is_number
from ecp_graph.plans.reading.shown import without_marks
from ecp_graph.plans.reading.tables import SourceCell, SourceTable
from ecp_graph.plans.wordings import plain, wordings

__all__ = ["Draft", "Kind", "State", "walk"]

#: What a row is; what begins with "note" gives no action.
Kind: TypeAlias = Literal["action", "rest", "chapter", "nothing", "note", "struck", "hidden", "untitled", "elsewhere"]
#: A merged cell that covers this share of the columns is a heading or a note.
_WIDE: Final = 0.6
_LONGEST_CHAPTER: Final = 200
_LONGEST_ACRONYM: Final = 4
_GOES_ON: Final = (",", "-", "–", "(", ":", "/")


@dataclass
class Draft:
    """An action while its rows are read: its cells by field, in the order of rows and columns."""

    table: SourceTable
    row: int
    chapter: str
    layout: Layout
    cells: dict[str, list[tuple[SourceTable, SourceCell]]] = field(default_factory=dict)
    joined: list[tuple[SourceTable, int]] = field(default_factory=list)

    def add(self, table: SourceTable, fields: Mapping[str, Sequence[SourceCell]]) -> None:
        """Add cells of a row to their fields."""
        for name, cells in fields.items():
            self.cells.setdefault(name, []).extend((table, cell) for cell in cells)

    def text(self, name: str) -> str:
        """Return the texts of a field without marks of footnotes, a line for each cell."""
        return "\n".join(without_marks(cell.text) for _, cell in self.cells.get(name, ()) if cell.text)


@dataclass
class State:
    """What the rows read so far leave: the actions, the chapter that holds, and the rows that gave none."""

    drafts: list[Draft] = field(default_factory=list)
    chapter: str = ""
    unread: list[tuple[SourceTable, int, Kind]] = field(default_factory=list)
    #: Whether the last action may go on in the next table.
    is_open: bool = False


def walk(table: SourceTable, layout: Layout, end: int, state: State) -> None:
    """Read the rows between the headings and the row ``end`` into the state."""
    _Walk(table, layout, end, state).run()


class _Walk:
    def __init__(self, table: SourceTable, layout: Layout, end: int, state: State) -> None:
        self._table = table
        self._layout = layout
        self._state = state
        self._title = layout.column("title") or 0
        self._is_last = end > max(table.rows)
        self._pending: list[int] = []
        self._chapter_before = state.chapter
        self._rows = [row for row in table.rows if layout.last_row < row < end]
        self._width = len({column for cells in table.rows.values() for column in cells})

    def run(self) -> None:
        before = self._layout.last_row
        for at, row in enumerate(self._rows):
            kind = self._kind(row, self._rows[at + 1 :])
            if row - before > 1 and self._is_other_table(row, kind):
                self._state.unread += [(self._table, left, "elsewhere") for left in self._rows[at:] if self._new(left)]
                break
            self._take(row, kind)
            before = row if kind != "nothing" else before
        if self._is_last and self._pending:  # headings of nothing, such as who signed below
            self._state.unread += [(self._table, row, "note") for row in self._pending]
            self._state.chapter = self._chapter_before
        self._state.is_open = True

    def _take(self, row: int, kind: Kind) -> None:
        state = self._state
        if kind == "chapter":
            if not self._pending:
                self._chapter_before = state.chapter
            self._pending.append(row)
            state.chapter = " ".join(one_line(cell.text) for cell in self._new(row))
            state.is_open = False
        elif kind == "rest":
            last = state.drafts[-1]
            last.joined.append((self._table, row))
            last.add(
                self._table,
                {name: cells for name, cells in self._fields(row, new_only=True).items() if name != "number"},
            )
        elif kind == "action":
            self._pending.clear()
            fields = self._fields(row)
            draft = Draft(self._table, row, self._chapter(fields), self._layout)
            draft.add(self._table, fields)
            state.drafts.append(draft)
            state.is_open = True
        elif kind != "nothing":
            state.unread.append((self._table, row, kind))

    def _chapter(self, fields: Mapping[str, list[SourceCell]]) -> str:
        """Return the chapter of an action: that of its own column, which holds until the next, or of what is above."""
        own = fields.get("chapter") or (fields.get("goal") if self._goal_is_chapter() else None)
        if own and own[0].text:
            self._state.chapter = one_line(own[0].text)
        return self._state.chapter

    def _goal_is_chapter(self) -> bool:
        goal, title = self._layout.column("goal"), self._layout.column("title")
        return "chapter" not in self._layout.columns and goal is not None and title is not None and goal < title

    def _fields(self, row: int, *, new_only: bool = False) -> dict[str, list[SourceCell]]:
        """Return the cells with text by field; one that covers several columns belongs to the first."""
        found: dict[str, list[SourceCell]] = {}
        taken = set[tuple[int, int]]()
        cells = self._table.rows[row]
        for column, name in sorted(
            (column, name) for name, columns in self._layout.columns.items() for column in columns
        ):
            cell = cells.get(column)
            first = row if new_only else self._layout.last_row + 1
            if cell is None or (cell.row, cell.column) in taken or cell.row < first:
                continue
            taken.add((cell.row, cell.column))
            if cell.text or cell.struck or cell.notes:
                found.setdefault(name, []).append(cell)
        return found

    def _new(self, row: int) -> list[SourceCell]:
        """Return the cells with text that begin in a row."""
        cells = dict.fromkeys(self._table.rows[row].values())
        return [cell for cell in cells if cell.row == row and cell.text]

    def _kind(self, row: int, below: Sequence[int]) -> Kind:
        new = self._new(row)
        if row in self._table.hidden_rows:
            return "hidden" if new else "nothing"
        if not new:
            return (
                "struck"
                if any(cell.struck for cell in self._table.rows[row].values() if cell.row == row)
                else "nothing"
            )
        if self._repeats_headings(row):
            return "nothing"
        if len(new) == 1 and (kind := self._kind_of_lone(new[0], row, below)) is not None:
            return kind
        number = self._text(row, "number")
        if is_note(new[0].text) and not is_number(number):
            return "note"
        if self._is_numbered_chapter(row, new, below):
            return "chapter"
        return self._kind_of_full(row, number)

    def _kind_of_lone(self, cell: SourceCell, row: int, below: Sequence[int]) -> Kind | None:
        """Return what a row with one cell is; None where it is to be judged like others."""
        text = one_line(cell.text)
        name = self._name(cell.column)
        if is_note(text):
            return "note"
        if cell.column_span > 1 and cell.column_span >= _WIDE * self._width:
            return "chapter" if len(text) <= _LONGEST_CHAPTER and not text.endswith(".") else "note"
        has_others = any(
            other.text and self._layout.last_row < other.row < row for other in self._table.rows[row].values()
        )
        if has_others:
            return None
        if is_chapter_title(text) and not (name == "number" and is_number(text)):
            return "chapter"
        if name == "number" and not is_number(text):
            return "chapter" if len(text) <= _LONGEST_CHAPTER else "note"
        is_small = text[:1].islower()
        if not is_small and ((cell.is_bold and not self._is_bold_table()) or self._stands_out_in_capitals(text)):
            return "chapter"
        if name == "chapter":
            return "chapter"
        if name and name != "number" and self._can_go_on() and (is_small or name != "title" or self._has_numbers()):
            return "rest"
        return None if name in {"title", "number"} else "note"

    def _kind_of_full(self, row: int, number: str) -> Kind:
        fields = self._fields(row)
        titles = [cell for cell in fields.get("title", ()) if cell.text]
        own_title = [cell for cell in titles if cell.row == row]
        can_go_on = self._can_go_on()
        last = self._state.drafts[-1] if self._state.drafts else None
        if titles and not own_title:
            return "rest" if can_go_on else "untitled"
        same = last is not None and number and plain(number) == plain(last.text("number"))
        if not titles:
            struck = any(cell.struck for cell in fields.get("title", ()))
            return "struck" if struck else "rest" if can_go_on and (not number or same) else "untitled"
        if can_go_on and self._has_numbers() and (not number or same) and last is not None:
            return "rest" if _is_rest(fields, last, is_numbered=bool(number)) else "action"
        return "action"

    def _is_numbered_chapter(self, row: int, new: Sequence[SourceCell], below: Sequence[int]) -> bool:
        """Whether a row has a number and a title only, and is the heading of the rows below."""
        if len(new) != 2 or [self._name(cell.column) for cell in new] != ["number", "title"]:
            return False
        if new[1].column_span > 1 and new[1].column_span >= _WIDE * (self._width - 1):
            return True
        number = new[0].text.strip().rstrip(".")
        following = next((text for other in below if (text := self._text(other, "number"))), "")
        return following.startswith(f"{number}.") and following.strip().rstrip(".") != number

    def _repeats_headings(self, row: int) -> bool:
        cells = self._table.rows[row]
        texts = {column: plain(text) for column, text in self._layout.texts.items() if plain(text)}
        return all(
            column in cells and plain(cells[column].text) in {text, ""} for column, text in texts.items()
        ) and any(plain(cells[column].text) for column in texts)

    def _is_other_table(self, row: int, kind: Kind) -> bool:
        """Whether a row after a blank one begins a table of something else, which has headings of its own."""
        new = self._new(row)
        if kind == "chapter" or len(new) < 2:
            return False
        number = self._text(row, "number")
        if self._has_numbers():
            return bool(number) and not is_number(number)
        return all(cell.is_bold for cell in new) or wordings().is_one_of(new[0].text, "other_tables")

    def _name(self, column: int) -> str:
        return next((name for name, columns in self._layout.columns.items() if column in columns), "")

    def _text(self, row: int, name: str) -> str:
        column = self._layout.column(name)
        cell = self._table.rows[row].get(column) if column is not None else None
        return one_line(cell.text) if cell is not None else ""

    def _has_numbers(self) -> bool:
        return "number" in self._layout.columns

    def _can_go_on(self) -> bool:
        return bool(self._state.drafts) and self._state.is_open

    def _stands_out_in_capitals(self, text: str) -> bool:
        """Whether a text is in capitals and titles of actions are not, no acronym."""
        return text.isupper() and len(text) > _LONGEST_ACRONYM and not self._has_titles_in_capitals

    @cached_property
    def _has_titles_in_capitals(self) -> bool:
        titles = [cell.text for row in self._rows if (cell := self._table.rows[row].get(self._title)) and cell.text]
        return sum(map(str.isupper, titles)) >= len(titles) / 2

    def _is_bold_table(self) -> bool:
        """Whether titles of actions are bold, too."""
        return bool(self._state.drafts) and all(
            cell.is_bold for _, cell in self._state.drafts[-1].cells.get("title", ())
        )


def _is_rest(fields: Mapping[str, list[SourceCell]], last: Draft, *, is_numbered: bool) -> bool:
    """Whether a row without a number of its own goes on with the one before: its title does, or cells are blank."""
    title = one_line(fields["title"][0].text)
    before = one_line(last.text("title"))
    if title[:1].islower() or before.endswith(_GOES_ON) or not _small().isdisjoint(plain(before).split()[-1:]):
        return True
    filled = {name for name, cells in fields.items() if any(cell.text for cell in cells)} - {"number", "chapter"}
    expected = {name for name in last.cells if last.text(name)} - {"number", "chapter"}
    return len(filled) < 2 or (not is_numbered and not expected <= filled)


@cache
def _small() -> frozenset[str]:
    return frozenset().union(*(wordings().plainly(name) for name in ("prepositions", "joins", "articles")))
