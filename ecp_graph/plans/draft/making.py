"""Makes a draft reading of what was read: names matched with what is known, times understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, Final, Protocol

from ecp_graph.plans.draft.headings import with_headings
from ecp_graph.plans.draft.model import NAMED_FIELDS, Draft, DraftLinked, DraftName, DraftRow, DraftTime, Given
from ecp_graph.plans.reading.tables import SourceTable
from ecp_graph.plans.rows import ActionRow, Cell, DocumentRows, LinkedRow, Named, Problem
from ecp_graph.plans.writing.texts import clean, key, words

__all__ = ["Readers", "make_draft"]

#: What a mapping's valueUrl may make of a cell; anything else is a name like any other.
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
#: The fields whose things may also be named inside the title of an action.
_IN_TITLES: Final = ("instruments", "topics")
#: Kinds of time that depend on when a body meets.
_OF_SESSIONS: Final = frozenset({"session-window", "recurrent-sessions"})


class Matcher(Protocol):
    """What a register does for a draft: see `ecp_graph.plans.matching.Register`."""

    def match(self, text: str, kind: str) -> Any:
        """Return what a name is."""

    def found_in(self, text: str, kind: str) -> Sequence[Any]:
        """Return the known things that a text names."""


@dataclass(frozen=True)
class Readers:
    """What a draft is made with: the register of what is known, and the reading of times."""

    register: Matcher
    read_time: Callable[[str], Any]


def make_draft(
    read: DocumentRows, given: Given, readers: Readers, *, language: str, tables: Sequence[SourceTable] = ()
) -> Draft:
    """Return the draft reading of a document; the language is that of the plan where the document states none.

    In ``tables``, those of the document, the headings of chapters are looked for.
    """
    register = _Register(readers.register, read.linked)
    readers = replace(readers, register=register)
    bodies = [words(name.text) for row in read.rows for name in row.responsible if name.role != "open"]
    return Draft(
        given=given,
        path=read.path,
        document=PurePath(read.path).name,
        sha256=read.sha256,
        language=read.language or language,
        rows=tuple(_row(row, readers, frozenset(bodies)) for row in with_headings(read.rows, tables)),
        problems=(*read.problems, *_shared_names(read.linked)),
        taken=read.taken,
        unread=read.unread,
        linked=tuple(_linked(row, readers.register) for row in read.linked),
        files=tuple(name for name, _ in read.files),
        heading=read.title,
    )


class _Register:
    """A register that leaves the bodies that a linked table describes to that table."""

    def __init__(self, register: Matcher, linked: Iterable[LinkedRow]) -> None:
        self._register = register
        self._described = {key(text) for row in linked if row.kind == "body" for text in (row.number, row.title)}

    def match(self, text: str, kind: str) -> Any:
        return None if kind == "body" and key(text) in self._described else self._register.match(text, kind)

    def found_in(self, text: str, kind: str) -> Sequence[Any]:
        return self._register.found_in(text, kind)


def _shared_names(linked: Iterable[LinkedRow]) -> Iterator[Problem]:
    """Yield a problem for each body that a linked table gives the name of one before it."""
    first: dict[str, LinkedRow] = {}
    for row in linked:
        if row.kind == "body" and first.setdefault(key(row.title), row) is not row:
            other = first[key(row.title)]
            yield Problem(
                row.locator,
                "shared-name",
                f"{row.number} has the name of {other.number} ({other.locator}), “{clean(row.title)}”, and goes by its "
                "code. Correct one of the names.",
            )


def _linked(row: LinkedRow, register: Matcher) -> DraftLinked:
    return DraftLinked(row, tuple(_matched(part, "body", register) for part in row.responsible if clean(part.text)))


def _row(row: ActionRow, readers: Readers, bodies: frozenset[str]) -> DraftRow:
    names = tuple(_names(row, readers.register))
    time = _time(row.time, readers)
    doubts = (*row.doubts, *_doubts(names, time, bodies))
    return DraftRow(
        row=row,
        number=row.number,
        title=row.title,
        chapter=row.chapter,
        names=names,
        time=time,
        status="change" if doubts else "accept",
        doubts=doubts,
    )


def _names(row: ActionRow, register: Matcher) -> Iterator[DraftName]:
    for field, kind in NAMED_FIELDS.items():
        parts = [_located(part, row) for part in getattr(row, field)]
        found = [_matched(part, kind, register) for part in parts if clean(part.text)]
        if field in _IN_TITLES and (cell := row.cells.get("title")):
            known = {name.iri for name in found if name.is_sure}
            found += [name for name in _in_title(row.title, kind, cell, register) if name.iri not in known]
        yield from found


def _located(part: Named, row: ActionRow) -> Named:
    """Return a part with the cell that has its text, which may be one of a row in which its own row goes on."""
    if key(part.text) in key(part.cell.text):
        return part
    found = (cell for cell in row.cells.values() if key(part.text) in key(cell.text))
    return replace(part, cell=next(found, part.cell))


def _matched(part: Named, kind: str, register: Matcher) -> DraftName:
    name = DraftName(part.text, kind, part.cell, part.role)
    if _IRI.fullmatch(part.iri):
        return replace(name, iri=part.iri, score=1.0, is_sure=True, why="The mapping names it.")
    return name if part.role == "open" else _with(name, register.match(part.text, kind))


def _in_title(title: str, kind: str, cell: Cell, register: Matcher) -> Iterator[DraftName]:
    for match in register.found_in(title, kind):
        if match.known is not None and match.is_sure:
            text = _words_of(match, title)
            yield replace(_with(DraftName(text, kind, cell), match), is_in_title=True)


def _with(name: DraftName, match: Any) -> DraftName:
    if match is None:
        return name
    others = tuple(map(_called, match.others))
    known = match.known
    if known is None:
        return replace(name, score=match.score, why=match.why, others=others)
    return replace(
        name,
        iri=known.iri,
        code=known.notation or "",
        label=_called(known),
        score=match.score,
        is_sure=match.is_sure,
        why=match.why,
        others=others,
    )


def _words_of(match: Any, title: str) -> str:
    """Return the words of a title that name what was found in it, or its name where the title words it differently."""
    labels = sorted((text for text, _ in match.known.labels), key=len, reverse=True)
    for label in labels:
        at = title.casefold().find(label.casefold())
        if at >= 0 and len(title) == len(title.casefold()):
            return title[at : at + len(label)]
    return labels[-1] if labels else title


def _called(known: Any) -> str:
    """Return the name of a known thing with its code; its IRI where it has no name."""
    name = next((text for text, _ in known.labels if text != known.notation), "")
    if name and known.notation:
        return f"{name} ({known.notation})"
    return str(name or known.notation or known.iri)


def _time(text: str, readers: Readers) -> DraftTime:
    if not text.strip():
        return DraftTime(why="The cell is blank.")
    found = readers.read_time(text)
    time = DraftTime(text, found.kind, found.from_ or "", found.until or "", found.edtf or "", found.why)
    return replace(time, sessions_of=_sessions(text, readers.register)) if found.kind in _OF_SESSIONS else time


def _sessions(text: str, register: Matcher) -> str:
    """Return the one body that a text names for sure, whose sessions these are; empty where there is none."""
    bodies = {match.known.iri for match in register.found_in(text, "body") if match.known and match.is_sure}
    return bodies.pop() if len(bodies) == 1 else ""


def _doubts(names: Iterable[DraftName], time: DraftTime, bodies: frozenset[str]) -> Iterator[str]:
    for name in names:
        if name.is_question:
            candidates = ", ".join(dict.fromkeys([name.label, *name.others]))
            yield f"“{name.text}” may be {candidates} (score {name.score:.2f}): {name.why}"
    if time.kind == "not-understood":
        yield f"The time “{time.text}” is not understood: {time.why}"
    is_of_sessions = time.kind in _OF_SESSIONS and not time.sessions_of
    if is_of_sessions and not any(body in words(time.text) for body in bodies):
        yield f"The time “{time.text}” refers to sessions, but names no known body."
