"""Reads the actions of a plan from a file of any of the formats, in a process with limits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ecp_graph.confined import GREEDY, LimitReached, Limits, Result, confined, now_reading
from ecp_graph.errors import EcpGraphError, InputSyntaxError
from ecp_graph.inputs import input_size, read_input
from ecp_graph.plans.mapping import Dialect, Mapping
from ecp_graph.plans.reading.actions import Actions, actions_in, table_name
from ecp_graph.plans.reading.formats import format_of
from ecp_graph.plans.reading.headings import headings_of, layouts
from ecp_graph.plans.reading.mapped import Linked, chosen_tables, mapped_actions
from ecp_graph.plans.reading.parts import known_names
from ecp_graph.plans.reading.tables import SourceTable
from ecp_graph.plans.rows import DocumentRows, Problem

__all__ = [
    "PlanDocument",
    "SourceDocument",
    "called_on_plan",
    "guarded",
    "read_document",
    "read_here",
    "read_plan",
    "source_of",
    "source_tables",
]

_LARGEST_BYTES: Final = 32_000_000
_LONGEST_REASON: Final = 160
#: Problems of a file that are doubts of the rows and cells where they are.
_OF_ROWS: Final = frozenset({"readers-differ", "ragged-row"})
#: What a file may take: in all, with the interpreter, less than 1 GB, and 60 s where nothing else runs.
_LIMITS: Final = Limits(memory_bytes=850_000_000, cpu_s=50, clock_s=180)


@dataclass(frozen=True)
class PlanDocument:
    """A plan as it was read: its rows of actions, and all tables of the document as they stand."""

    rows: DocumentRows
    tables: tuple[SourceTable, ...]


@dataclass(frozen=True)
class SourceDocument:
    """The tables of a file, what could not be read in them, and what was assumed."""

    tables: tuple[SourceTable, ...]
    problems: tuple[Problem, ...] = ()
    taken: tuple[str, ...] = ()


def read_plan(
    path: Path, *, mapping: Mapping | None = None, sheet: str | None = None, known: Collection[str] = ()
) -> DocumentRows:
    """Return the rows of actions of a workbook, Word file or text file of separated values.

    ``known`` are names that hold separators and are not to be broken. With a mapping of linked tables the path may be
    a folder. Raises InputSyntaxError with one sentence for whatever cannot be read, and for a document in which no
    table of actions is found.
    """
    return read_document(path, mapping=mapping, sheet=sheet, known=known).rows


def read_document(
    path: Path, *, mapping: Mapping | None = None, sheet: str | None = None, known: Collection[str] = ()
) -> PlanDocument:
    """Return the same with the tables of the document; raises as `read_plan`."""
    return called_on_plan(read_here, path, mapping, sheet, frozenset(known))


def source_tables(path: Path, *, sheet: str | None = None) -> list[SourceTable]:
    """Return the tables of a document as they stand, with their merges; raises InputSyntaxError as `read_plan`."""
    return list(called_on_plan(_source, path, sheet).tables)


def called_on_plan(call: Callable[..., Result], path: Path, *arguments: object) -> Result:
    """Return what a module-level function makes of the file in a process with limits.

    Raises InputSyntaxError where the function does, where it needs more than it may have, and where it fails.
    """
    size = 0 if path.is_dir() else input_size(path)
    if size > _LARGEST_BYTES:
        raise InputSyntaxError(
            path, f"it has more than {_LARGEST_BYTES // 1_000_000} MB. Copy the actions into a file."
        )
    try:
        result: Result = confined(guarded, call, path, arguments, limits=_LIMITS)
    except LimitReached as reason:
        raise InputSyntaxError(reason.path or path, GREEDY) from None
    return result


def guarded(call: Callable[..., Result], path: Path, arguments: tuple[object, ...]) -> Result:
    """Return what the function makes of the file in this process, without limits.

    Whatever a parser raises for a broken file, which is not documented, becomes an InputSyntaxError.
    """
    try:
        return call(path, *arguments)
    except (EcpGraphError, MemoryError, RecursionError):
        raise
    except Exception as reason:
        why = " ".join(str(reason).replace(str(path), "the file").split())[:_LONGEST_REASON].rstrip(".")
        sentence = f"it cannot be read ({type(reason).__name__}: {why}). Open and save it again."
        raise InputSyntaxError(path, sentence) from reason


def source_of(path: Path, sheet: str | None = None, dialect: Dialect | None = None) -> SourceDocument:
    """Return what a file holds, read in this process without limits."""
    format_ = format_of(path)
    if sheet is not None and format_ != "workbook":
        raise InputSyntaxError(path, "only workbooks have sheets. Leave out --sheet.")
    # imported in the process that reads: these take longer to load than a command
    if format_ == "workbook":
        from ecp_graph.plans.reading.workbook import read_workbook

        sheets = read_workbook(path, sheet)
        return SourceDocument(sheets.tables, sheets.problems, sheets.taken)
    if format_ == "word":
        from ecp_graph.plans.reading.second_reader import differences
        from ecp_graph.plans.reading.word import read_word_tables

        tables = read_word_tables(path)
        return SourceDocument(tuple(tables), tuple(differences(path, tables)))
    from ecp_graph.plans.reading.delimited import read_delimited

    dialect = dialect or Dialect()
    found = read_delimited(path, separator=dialect.delimiter, encoding=dialect.encoding)
    return SourceDocument((found.table,), found.problems, found.taken)


def _source(path: Path, sheet: str | None) -> SourceDocument:
    return source_of(path, sheet)


def read_here(path: Path, mapping: Mapping | None, sheet: str | None, known: frozenset[str]) -> PlanDocument:
    """Return what `read_document` does, read in this process without limits."""
    if mapping is not None:
        return _read_mapped(path, mapping, sheet, known_names(known))
    if path.is_dir():
        raise InputSyntaxError(path, "it is a folder. Import its files one by one, or give a mapping that links them.")
    source = source_of(path, sheet)
    actions = actions_in(source.tables, known_names(known))
    if not actions.rows:
        raise InputSyntaxError(path, _nothing(source))
    return PlanDocument(_document(path, source, actions), source.tables)


def _read_mapped(path: Path, mapping: Mapping, sheet: str | None, known: frozenset[str]) -> PlanDocument:
    """Return the actions of the mapped table of a file, or of linked files in its folder."""
    folder = path if path.is_dir() else path.parent
    main = mapping.actions
    document = folder / main.url if path.is_dir() and main.url else path
    if document.is_dir():
        raise InputSyntaxError(path, "it is a folder, and the mapping gives no url to its table of actions.")
    sources: dict[str, SourceDocument] = {}
    linked = []
    for table in mapping.tables:
        file = document if table is main else folder / table.url if table.url else document
        if file.name not in sources:
            now_reading(file)
            input_size(file)
            sources[file.name] = source_of(file, sheet, table.dialect)
        if table.sheet and all(one.sheet != table.sheet for one in sources[file.name].tables):
            sources[file.name] = _with_sheet(sources[file.name], file, table.sheet)
        linked.append(Linked(table, file, chosen_tables(file, sources[file.name].tables, table)))
    source = sources[document.name]
    actions, rows = mapped_actions(source.tables, linked, known, mapping.lang)
    if not actions.rows:
        raise InputSyntaxError(document, "no row below the mapped headings has the text of an action.")
    files = tuple((name, _hash(folder / name)) for name in sorted(sources) if name != document.name)
    made = _document(document, source, actions)
    problems = tuple(problem for other in sources.values() if other is not source for problem in other.problems)
    made = replace(
        made, linked=rows, files=files, problems=made.problems + problems, language=mapping.lang or made.language
    )
    return PlanDocument(made, source.tables)


def _with_sheet(source: SourceDocument, path: Path, sheet: str) -> SourceDocument:
    """Return a document with a sheet that is hidden, which a mapping names."""
    hidden = source_of(path, sheet)
    return replace(source, tables=source.tables + hidden.tables, problems=source.problems + hidden.problems)


def _document(path: Path, source: SourceDocument, actions: Actions) -> DocumentRows:
    """Return what was read; that two readers differ, or fields are too many, is a doubt of the row and comes first."""
    wrong = {problem.locator: problem.message for problem in source.problems if problem.code in _OF_ROWS}
    rows = [
        replace(row, doubts=(*told, *row.doubts))
        if (told := [wrong[at] for at in (row.locator, *(cell.locator for cell in row.cells.values())) if at in wrong])
        else row
        for row in actions.rows
    ]
    return DocumentRows(
        str(path),
        _hash(path),
        tuple(rows),
        source.problems + actions.problems,
        actions.language,
        source.taken + actions.taken,
        actions.unread,
        title=actions.title,
    )


def _hash(path: Path) -> str:
    return hashlib.sha256(read_input(path)).hexdigest()


def _nothing(source: SourceDocument) -> str:
    """Return why there is no action: the headings that were found instead."""
    if any(layouts(table) for table in source.tables):
        return "no row below the headings of actions has the text of an action. Fill in the table, or import another."
    if not source.tables:
        return "it has no table. A plan is read from its table of actions."
    seen = "; ".join(f"{table_name(table)}: {headings_of(table)}" for table in source.tables[:3])
    return (
        f"no table has headings of actions, such as Action and Responsible body. The headings found are: {seen}. "
        "Rename them, or say with --mapping what each column holds (--dry-run proposes one)."
    )
