"""Rows as a reader gives them, and a register and times that know little: what the tests of drafts work with."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ecp_graph.plans.draft.making import Readers
from ecp_graph.plans.known.things import KnownThing
from ecp_graph.plans.rows import ActionRow, Cell, DocumentRows, Named, Role

COLUMNS = (
    "number",
    "title",
    "chapter",
    "responsible",
    "partner",
    "programmes",
    "time",
    "instruments",
    "topics",
    "goals",
    "consulted",
)
#: The role of a name by the sign before it.
_ROLES: Final[Mapping[str, Role]] = {"[": "open", ">": "lead"}


def row(number: int, values: Mapping[str, str], *, sheet: str = "Plan") -> ActionRow:
    """Return a row of a sheet, names between semicolons; one in brackets is an open group, one behind > leads."""
    cells = {
        field: Cell(f"{sheet}!{'ABCDEFGHIJK'[at]}{number}", values[field], 1, number, at + 1, sheet)
        for at, field in enumerate(COLUMNS)
        if values.get(field)
    }

    def named(field: str, role: Role | None = None) -> list[Named]:
        parts = [part.strip() for part in values.get(field, "").split(";") if part.strip()]
        return [Named(part.strip("[]>"), cells[field], _ROLES.get(part[:1], role) if role else None) for part in parts]

    return ActionRow(
        locator=f"{sheet}!row {number}",
        number=values.get("number", ""),
        title=values.get("title", ""),
        chapter=values.get("chapter", ""),
        responsible=(
            *named("responsible", "responsible"),
            *named("partner", "partner"),
            *named("consulted", "consulted"),
        ),
        programmes=tuple(named("programmes")),
        instruments=tuple(named("instruments")),
        topics=tuple(named("topics")),
        goals=tuple(named("goals")),
        time=values.get("time", ""),
        cells=cells,
    )


def document(path: Path, rows: Iterable[Mapping[str, str]], *, language: str = "en") -> DocumentRows:
    """Return a document with rows from the second on; its hash is made of them."""
    read = tuple(row(number, values) for number, values in enumerate(rows, 2))
    return DocumentRows(str(path), hashlib.sha256(repr(read).encode()).hexdigest(), read, language=language)


@dataclass(frozen=True)
class Match:
    known: Any
    score: float
    is_sure: bool
    why: str
    others: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Known:
    iri: str
    notation: str
    labels: tuple[tuple[str, str], ...]


class FakeRegister:
    """Takes equal names for sure, and asks about names with a word in common."""

    def __init__(self, things: Sequence[KnownThing]) -> None:
        self._things = things

    def match(self, text: str, kind: str) -> Match:
        things = [thing for thing in self._things if thing.kind == kind]
        for thing in things:
            if text.casefold() in {thing.code.casefold(), *(name.casefold() for name, _ in thing.names)}:
                return Match(_known(thing), 1.0, True, "the same name")
        for thing in things:
            if set(text.casefold().split()) & {word for name, _ in thing.names for word in name.casefold().split()}:
                return Match(_known(thing), 0.5, False, "a word in common")
        return Match(None, 0.0, False, "")

    def found_in(self, text: str, kind: str) -> list[Match]:
        found = []
        for thing in self._things:
            names = [thing.code, *(name for name, _ in thing.names)]
            if thing.kind == kind and any(re.search(rf"\b{re.escape(name)}\b", text) for name in names if name):
                found.append(Match(_known(thing), 1.0, True, "named in the title"))
        return found


@dataclass(frozen=True)
class Time:
    text: str
    kind: str
    from_: str = ""
    until: str = ""
    edtf: str = ""
    why: str = "a word"


def read_time(text: str) -> Time:
    """Understand a month, a year, two years, `ongoing` and sessions; the rest is not understood."""
    if re.fullmatch(r"\d{4}-\d\d", text):
        return Time(text, "deadline", "", text, text)
    if re.fullmatch(r"\d{4}", text):
        return Time(text, "window", f"{text}-01", f"{text}-12", text)
    if found := re.fullmatch(r"(\d{4})-(\d{4})", text):
        return Time(text, "window", f"{found[1]}-01", f"{found[2]}-12", f"{found[1]}/{found[2]}")
    if "session" in text:
        return Time(text, "recurrent-sessions")
    return Time(text, "continuous") if text == "ongoing" else Time(text, "not-understood")


def readers(things: Sequence[KnownThing]) -> Readers:
    """Return what a draft is made with."""
    return Readers(FakeRegister(things), read_time)


def _known(thing: KnownThing) -> Known:
    return Known(thing.iri, thing.code, thing.names)
