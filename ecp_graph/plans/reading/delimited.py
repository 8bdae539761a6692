"""Reads a text file of separated values: its encoding and separator are detected and reported."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ecp_graph.errors import InputSyntaxError
from ecp_graph.inputs import read_input
from ecp_graph.plans.reading.encodings import decoded
from ecp_graph.plans.reading.shown import clean
from ecp_graph.plans.reading.tables import SourceCell, SourceTable
from ecp_graph.plans.rows import Problem

__all__ = ["Delimited", "read_delimited"]

_SEPARATORS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", "^": "caret", "~": "tilde"}
#: Records that a separator is tried on.
_TRIED: Final = 200
#: One record in so many, or a single one, is an odd one.
_RARE: Final = 20
_LONGEST_FIELD: Final = 2_000_000
#: Excel's own line that names the separator.
_NAMED: Final = "sep="
_END: Final = "\ue000end of file\ue000"


@dataclass(frozen=True)
class Delimited:
    """The table of a text file, what could not be read in it, and what was assumed."""

    table: SourceTable
    problems: tuple[Problem, ...]
    taken: tuple[str, ...]


@dataclass(frozen=True)
class _Record:
    line: int
    fields: Sequence[str]


def read_delimited(path: Path, *, separator: str | None = None, encoding: str | None = None) -> Delimited:
    """Return the records of a file, as rows from 1; ``separator`` and ``encoding`` are found out where not given.

    Raises InputSyntaxError with the line for what is no text, a quotation mark that is not closed, and an encoding
    that is not known or does not fit.
    """
    content = read_input(path)
    text, encoding = decoded(path, content) if encoding is None else (_as(path, content, encoding), encoding)
    first, skipped = text.partition("\n")[0].strip(), 0
    if first.lower().startswith(_NAMED) and len(first) == len(_NAMED) + 1:
        separator, skipped = separator or first[-1], 1
        text = text.partition("\n")[2]
    separator = separator or _separator(path, text)
    records = list(_records(path, text, separator, skipped))
    name = _SEPARATORS.get(separator, f"'{separator}'")
    taken = (f"The encoding is {encoding}.", f"The separator is the {name}.")
    problems = _ragged([record for record in records if any(map(str.strip, record.fields))])
    cells = []
    for row, record in enumerate(records, 1):
        for column, field in enumerate(record.fields, 1):
            shown, doubts = clean(field)
            if shown:
                cells.append(SourceCell(row, column, shown, doubts=doubts))
    lines = {row: record.line for row, record in enumerate(records, 1)}
    return Delimited(SourceTable(1, tuple(cells), lines=lines), problems, taken)


def _as(path: Path, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except LookupError:
        raise InputSyntaxError(path, f"the encoding '{encoding}' of the mapping is not known.") from None
    except UnicodeDecodeError as reason:
        line = content.count(b"\n", 0, reason.start) + 1
        raise InputSyntaxError(path, f"byte {reason.start + 1} is not in the encoding '{encoding}'.", line) from None


def _records(path: Path, text: str, separator: str, skipped: int) -> Iterator[_Record]:
    """Yield the records with the physical lines on which they begin; ``skipped`` lines are before the text."""
    csv.field_size_limit(_LONGEST_FIELD)
    # a last line of our own: where it does not come out as a record, a quotation mark before it is still open
    reader = csv.reader(io.StringIO(f"{text}\n{_END}\n", newline=""), delimiter=separator)
    line = 1 + skipped
    try:
        for fields in reader:
            if fields == [_END]:
                return
            if any(_END in field for field in fields):
                break
            yield _Record(line, fields)
            line = reader.line_num + 1 + skipped
    except csv.Error as reason:
        sentence = f"this record cannot be read ({reason}); is a quotation mark missing?"
        raise InputSyntaxError(path, sentence, line) from None
    raise InputSyntaxError(
        path, "a quotation mark is opened in this record and never closed. Close or double it.", line
    )


def _separator(path: Path, text: str) -> str:
    """Return the separator by which most records have the same number of fields, and then the most fields."""
    best, chosen = (0.0, 0), ","
    for separator in _SEPARATORS:
        try:
            records = [
                record.fields
                for _, record in zip(range(_TRIED), _records(path, text, separator, 0), strict=False)
                if any(map(str.strip, record.fields))
            ]
        except InputSyntaxError:
            continue
        widths = Counter(len(fields) for fields in records if len(fields) > 1)
        if widths:
            width, count = widths.most_common(1)[0]
            best, chosen = max((best, chosen), ((count / len(records), width), separator), key=lambda pair: pair[0])
    return chosen


def _ragged(records: Sequence[_Record]) -> tuple[Problem, ...]:
    """Return a problem for each record with more fields than the widest of the first ones that are alike."""
    widths = Counter(len(record.fields) for record in records)
    usual = widths.most_common(1)[0][0] if widths else 0
    return tuple(
        Problem(
            f"line {record.line}",
            "ragged-row",
            f"line {record.line} has {len(record.fields)} fields and most records have {usual}: its values may be "
            "in the wrong columns. Put quotation marks around fields that contain the separator.",
        )
        for record in records
        if (len(record.fields) > usual and (any(map(str.strip, record.fields[usual:])) or _is_odd(record, widths)))
        or (1 < len(record.fields) < usual and widths[len(record.fields)] == 1)
    )


def _is_odd(record: _Record, widths: Counter[int]) -> bool:
    """Whether hardly any other record has as many fields, and the values of this one may have been moved."""
    is_rare = widths[len(record.fields)] * _RARE <= max(_RARE, widths.total())
    return is_rare and sum(map(bool, map(str.strip, record.fields))) > 1
