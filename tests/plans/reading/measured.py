"""How many values of an odd document are read right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from ecp_graph.plans.reading import read_plan
from ecp_graph.plans.rows import ActionRow, DocumentRows
from tests.plans.reading.oddities import ODDITIES
from tests.plans.reading.oddity import Expected, Oddity, written

__all__ = ["Measured", "every", "measured"]


class Measured:
    """What was read of a document: values right of all, and which were wrong, as pairs of expected and read."""

    def __init__(self, oddity: Oddity, read: DocumentRows) -> None:
        pairs = zip_longest(map(_expected, oddity.expected), map(_read, read.rows), fillvalue=())
        values = [pair for one, other in pairs for pair in zip_longest(one, other)]
        self.wrong = [pair for pair in values if pair[0] != pair[1]]
        self.count = len(values)
        doubts = [doubt for row in read.rows for doubt in row.doubts]
        self.told = [*doubts, *(problem.message for problem in read.problems), *read.taken]
        self.unexpected = [problem for problem in read.problems if problem.code == "readers-differ"]


@cache
def every() -> Mapping[tuple[str, str], Measured]:
    """Return what is read of each oddity in each of its formats, by its name and the format."""
    with TemporaryDirectory() as folder:
        return {
            (oddity.name, format_): measured(oddity, format_, Path(folder))
            for oddity in ODDITIES
            for format_ in oddity.formats
        }


def measured(oddity: Oddity, format_: str, folder: Path) -> Measured:
    """Write the document in a format, read it, and compare."""
    return Measured(oddity, read_plan(written(oddity, format_, folder), known=oddity.known))


def _expected(row: Expected) -> Sequence[object]:
    bodies = [body if isinstance(body, tuple) else (body, "responsible") for body in row.bodies]
    return row.number, row.title, row.chapter, bodies, list(row.programmes), row.time


def _read(row: ActionRow) -> Sequence[object]:
    bodies = [(named.text, named.role) for named in row.responsible]
    return row.number, row.title, row.chapter, bodies, [named.text for named in row.programmes], row.time
