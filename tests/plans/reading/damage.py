"""Damage done to sound files: cut off, bytes changed, parts of the archive broken, missing, doubled or made huge."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from hypothesis import strategies as st

from ecp_graph.confined import Limits, confined
from ecp_graph.errors import InputSyntaxError
from ecp_graph.plans.reading.plan import guarded, read_here

__all__ = ["Damage", "damages", "outcomes", "with_part"]

#: What makes other bytes of those of a file.
Damage = Callable[[bytes], bytes]
_NUMBER = re.compile(rb'="\d+"')
_ELEMENT = re.compile(rb"</?[\w:]+")


def damages() -> st.SearchStrategy[Damage]:
    """Return a strategy for damages of archives of XML parts."""
    at, byte = st.floats(0, 1, exclude_max=True), st.integers(0, 255)
    return st.one_of(
        st.builds(_cut, at),
        st.builds(_changed_bytes, st.lists(st.tuples(at, byte), min_size=1, max_size=20)),
        st.builds(_changed_part, at, st.builds(_cut, at)),
        st.builds(_changed_part, at, st.builds(_changed_bytes, st.lists(st.tuples(at, byte), min_size=1, max_size=5))),
        st.builds(_changed_part, at, st.builds(_replaced, st.just(_NUMBER), at, st.sampled_from(_HUGE))),
        st.builds(
            _changed_part, at, st.builds(_replaced, st.just(_ELEMENT), at, st.sampled_from([b"<x", b"</x", b""]))
        ),
        st.builds(_changed_part, at, st.sampled_from([lambda _: b"", lambda _: None, lambda old: old * 2])),
    )


_HUGE = [b'="99999999999"', b'="-1"', b'="1048576"', b'="XFD1048576"', b'="A1:XFD1048576"', b'="x"', b'=""']


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes | None]) -> bytes:
    """Return an archive with one part changed, added or, where it becomes None, left out."""
    made = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for part in dict.fromkeys([*old.namelist(), name]):
            text = old.read(part) if part in old.namelist() else b""
            changed = change(text) if part == name else text
            if changed is not None:
                new.writestr(part, changed)
    return made.getvalue()


def outcomes(contents: list[tuple[str, bytes]], folder: Path) -> list[str]:
    """Return what becomes of each file, read in one process with limits: nothing where it is read, or the sentence."""
    paths = []
    for number, (suffix, content) in enumerate(contents):
        paths.append(folder / f"{number}{suffix}")
        paths[-1].write_bytes(content)
    return confined(_outcomes, paths, limits=Limits(850_000_000, 60, 120))


def _outcomes(paths: list[Path]) -> list[str]:
    told = []
    for path in paths:
        try:
            guarded(read_here, path, (None, None, frozenset()))
            told.append("")
        except InputSyntaxError as error:
            told.append(str(error))
    return told


def _cut(at: float) -> Damage:
    return lambda content: content[: int(at * len(content))]


def _changed_bytes(changes: list[tuple[float, int]]) -> Damage:
    def damage(content: bytes) -> bytes:
        made = bytearray(content)
        for at, byte in changes if made else []:
            made[int(at * len(made))] = byte
        return bytes(made)

    return damage


def _changed_part(at: float, change: Callable[[bytes], bytes | None]) -> Damage:
    def damage(content: bytes) -> bytes:
        with ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        return with_part(content, names[int(at * len(names))], change)

    return damage


def _replaced(what: re.Pattern[bytes], at: float, new: bytes) -> Damage:
    def damage(content: bytes) -> bytes:
        found = list(what.finditer(content))
        if not found:
            return content
        match = found[int(at * len(found))]
        return content[: match.start()] + new + content[match.end() :]

    return damage
