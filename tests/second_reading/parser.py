"""A second, independent reader of the source text: 28 table rows, 7 chapter titles, 20 paragraph numbers.

It shares nothing with the data files or with the package, so that a test can compare both. The text is a
layout-less extract of a PDF. What the layout leaves behind, and what is relied on here:

* a cell is a run of lines; cells are separated by blank lines;
* a blank cell leaves a space: at the next cell's start, doubled inside a line, or alone on a line;
* a title and its responsible body may share one line with nothing but one space between them (row 28);
* a table goes on after a page break with its header row repeated, once after a page heading;
* words can be split by one space ("guideli nes") or at a line's end after a hyphen ("e-", "commerce").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

__all__ = ["Chapter", "Reading", "Row", "read_source"]

_ANNEX = "Draft ECP Action Plan for Phase III"
_HEADERS = frozenset(
    f"Action Responsible body Relevant Work {programme} Timeframe"
    for programme in ("Programme or Action Plan", "Programme/ Action Plan", "Programme/Action Plan")
)
_HEADER_START = re.compile(r" {0,2}Action Responsible body\b")
_NUMBERED = re.compile(r" ?(\d{1,2})\. +(?=\S)")
_ROW_START = re.compile(r"(\d{1,2})(?: +(\S.*))?")
_PAGE_HEADING = ("Annex to", "doc. PC0457E1")
_PAGE_NUMBER = re.compile(r"I/\d+\.")
_RULE = re.compile(r"_{4,}")
_ONE_LINE_ROW = re.compile(r"(?P<title>\S.*\S) (?P<responsible>WCO Secretariat)  (?P<timeframe>\S.*)")
_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class Line:
    """One line of the source: its number from 1, and its text as it stands."""

    number: int
    text: str

    @property
    def blank(self) -> bool:
        """True if nothing but spaces is on the line."""
        return not self.text.strip()


@dataclass(frozen=True)
class Row:
    """One table row: the action's number, its chapter, the four cells on one line each (blank: empty)."""

    action: int
    chapter: int
    title: str
    responsible: str
    programme: str
    timeframe: str


@dataclass(frozen=True)
class Chapter:
    """One chapter of the annex: its number and its title as one line."""

    number: int
    title: str


@dataclass(frozen=True)
class Reading:
    """All that was read, in document order."""

    rows: tuple[Row, ...]
    chapters: tuple[Chapter, ...]
    paragraphs: tuple[int, ...]


def read_source(path: Path) -> Reading:
    """Return the rows, chapters and paragraph numbers of the text file at `path`.

    Raises ValueError, naming the file and the line, where the layout is not the one described above.
    """
    text = path.read_text(encoding="utf-8")
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), 1)]
    return _Reader(path, lines, Counter(_WORD.findall(text.lower()))).read()


class _Reader:
    def __init__(self, path: Path, lines: list[Line], words: Counter[str]) -> None:
        self._path = path
        self._lines = lines
        self._words = words
        self._at = 0
        self._rows: list[Row] = []
        self._chapters: list[Chapter] = []

    def read(self) -> Reading:
        starts = [i for i, line in enumerate(self._lines) if line.text.strip() == _ANNEX]
        if len(starts) != 1:
            last = self._lines[starts[1] if starts else -1]
            self._fail(last, f"the annex title “{_ANNEX}” stands {len(starts)} times, not once")
        paragraphs = self._read_paragraphs(self._lines[: starts[0]])
        self._at = starts[0] + 1
        self._read_annex()
        end = self._lines[-1]
        for what, found, expected in (
            ("paragraphs", len(paragraphs), 20),
            ("chapters", len(self._chapters), 7),
            ("rows", len(self._rows), 28),
        ):
            if found != expected:
                self._fail(end, f"{found} {what} were read, {expected} are expected")
        return Reading(tuple(self._rows), tuple(self._chapters), paragraphs)

    def _read_paragraphs(self, lines: list[Line]) -> tuple[int, ...]:
        numbers: list[int] = []
        for line in lines:
            if match := _NUMBERED.match(line.text):
                number = int(match[1])
                if number != len(numbers) + 1:
                    self._fail(line, f"paragraph {number} follows paragraph {len(numbers)}")
                numbers.append(number)
        return tuple(numbers)

    def _read_annex(self) -> None:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if _NUMBERED.match(line.text):
                self._read_chapter_title()
            elif _HEADER_START.match(line.text):
                self._read_header()
                self._read_rows()
            elif _ROW_START.fullmatch(line.text.rstrip()):
                self._fail(line, "a table row stands outside a table; a header row is expected before it")
            else:
                self._at += 1

    def _read_chapter_title(self) -> None:
        line = self._lines[self._at]
        match = _NUMBERED.match(line.text)
        if match is None:
            self._fail(line, "a chapter number is expected")
        number = int(match[1])
        if number != len(self._chapters) + 1:
            self._fail(line, f"chapter {number} follows chapter {len(self._chapters)}")
        block = self._take_block()
        block[0] = Line(line.number, line.text[match.end() :])
        self._chapters.append(Chapter(number, self._joined(block)))

    def _read_header(self) -> None:
        start = self._lines[self._at]
        header: list[Line] = []
        while not header or header[-1].text.strip() != "Timeframe":
            if self._at == len(self._lines) or len(header) > 8:
                self._fail(start, "a table header does not end in a line “Timeframe”")
            header.append(self._lines[self._at])
            self._at += 1
        if (text := self._joined(header)) not in _HEADERS:
            self._fail(start, f"unknown table header “{text}”")

    def _read_rows(self) -> None:
        if not self._chapters:
            self._fail(self._lines[self._at - 1], "a table stands before the first chapter title")
        if self._skip_blanks() is None or not _ROW_START.fullmatch(self._lines[self._at].text.rstrip()):
            self._fail(self._lines[self._at - 1], "a table header is not followed by a row number")
        while (line := self._skip_blanks()) is not None and not self._skip_table_end(line):
            match = _ROW_START.fullmatch(line.text.rstrip())
            if match is None:
                self._fail(line, f"“{line.text.strip()}” is neither a row number nor the end of the table")
            number = int(match[1])
            if number != len(self._rows) + 1:
                self._fail(line, f"row {number} follows row {len(self._rows)}")
            self._at += 1
            self._rows.append(self._read_row(number, Line(line.number, match[2] or "")))

    def _read_row(self, number: int, first: Line) -> Row:
        """Return one row, from the rest of its number's line to the next row or the table's end."""
        one_line = _ONE_LINE_ROW.fullmatch(first.text)
        if one_line is not None:
            cells = [one_line["title"], one_line["responsible"], "", one_line["timeframe"]]
        else:
            cells = [self._joined(self._take_block([first]))]
            while len(cells) < 4:
                cells.extend(self._take_cells(first, len(cells)))
        if len(cells) != 4 or not cells[0] or not cells[1]:
            self._fail(first, f"row {number} lacks a title or a body, or has too many cells: {cells}")
        return Row(number, self._chapters[-1].number, *cells)

    def _take_cells(self, first: Line, column: int) -> list[str]:
        """Return the next cell, led by an empty one where the layout shows a blank cell."""
        gap = self._at
        line = self._skip_blanks()
        if line is None or self._starts_something_else(line):
            # The blank cell at a row's end: a lone space after the blank line that ends the cell before.
            marks = [entry.text for entry in self._lines[gap : self._at]]
            if column == 3 and marks[:2] == ["", " "]:
                return [""]
            why = f"the row that starts on line {first.number} has only {column} of its 4 cells"
            self._fail(line or self._lines[-1], why)
        block = self._take_block()
        if line.text.startswith(" "):
            return ["", self._joined(block)]
        left, blank, right = line.text.rstrip().partition("  ")
        if blank:
            rest = [Line(line.number, right), *block[1:]]
            return [self._joined([Line(line.number, left)]), "", self._joined(rest)]
        return [self._joined(block)]

    def _take_block(self, start: list[Line] | None = None) -> list[Line]:
        """Return the run of non-blank lines here, after `start`; without one, blanks are passed over."""
        block = [line for line in start or [] if line.text]
        if not block:
            self._skip_blanks()
        while self._at < len(self._lines) and not self._lines[self._at].blank:
            line = self._lines[self._at]
            if block and self._starts_something_else(line):
                break
            block.append(line)
            self._at += 1
        if not block:
            self._fail(self._lines[-1], "the text ends where a cell or a title is expected")
        return block

    def _skip_blanks(self) -> Line | None:
        while self._at < len(self._lines) and self._lines[self._at].blank:
            self._at += 1
        return self._lines[self._at] if self._at < len(self._lines) else None

    def _starts_something_else(self, line: Line) -> bool:
        text = line.text.rstrip()
        return bool(
            _NUMBERED.match(text)
            or _HEADER_START.match(text)
            or _ROW_START.fullmatch(text)
            or _RULE.fullmatch(text)
            or text == _PAGE_HEADING[0]
        )

    def _skip_table_end(self, line: Line) -> bool:
        """Return True where the table ends or breaks, having passed over a page heading or the final rule."""
        text = line.text.strip()
        if text == _PAGE_HEADING[0]:
            for expected in (*_PAGE_HEADING[1:], _PAGE_NUMBER):
                self._at += 1
                following = self._skip_blanks()
                found = following.text.strip() if following else ""
                if not (found == expected if isinstance(expected, str) else expected.fullmatch(found)):
                    self._fail(following or line, f"“{found}” does not belong to a page heading")
            self._at += 1
            following = self._skip_blanks()
            if following is None or not _HEADER_START.match(following.text):
                self._fail(following or line, "a page heading inside a table is not followed by a header row")
            return True
        if _RULE.fullmatch(text):
            self._at += 1
            return True
        return bool(_NUMBERED.match(line.text) or _HEADER_START.match(line.text))

    def _joined(self, lines: Iterable[Line]) -> str:
        """Return the lines as one: a word's own hyphen at a line's end keeps its word together."""
        text = " ".join(" ".join(line.text.split()) for line in lines if not line.blank)
        words = re.sub(r"(?<=\w)- (?=\w)", "-", text).split(" ")
        for i in range(len(words) - 1, 0, -1):
            if self._is_split(words[i - 1], words[i]):
                words[i - 1 : i + 1] = [words[i - 1] + words[i]]
        return " ".join(words)

    def _is_split(self, left: str, right: str) -> bool:
        """Return True if the two are one word: whole elsewhere, with a part that is met only here."""
        tail = _WORD.match(right)
        if tail is None or _WORD.fullmatch(left) is None:
            return False
        head, end = left.lower(), tail[0].lower()
        return self._words[head + end] > 0 and 1 in (self._words[head], self._words[end])

    def _fail(self, line: Line, why: str) -> NoReturn:
        message = f"{self._path}, line {line.number}: {why}. Compare the text with the reader’s description."
        raise ValueError(message)
