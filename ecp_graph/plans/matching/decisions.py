"""What people decided of names: ``decisions/matches.sssom.tsv``, one decision a line (SSSOM, the format in TSV)."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ecp_graph.errors import InputSyntaxError
from ecp_graph.inputs import read_input
from ecp_graph.namespaces import compact, expand, names

__all__ = ["FILE", "Decision", "read_decisions", "write_decisions"]

#: Where the decisions of a workspace are.
FILE: Final = Path("decisions") / "matches.sssom.tsv"

_COLUMNS: Final = (
    "subject_label",
    "subject_type",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "mapping_justification",
    "author_label",
    "mapping_date",
    "comment",
)
_NEEDED: Final = ("subject_label", "predicate_id", "object_id", "author_label", "mapping_date", "comment")
_SAME: Final = "skos:exactMatch"
_BY_HAND: Final = "semapv:ManualMappingCuration"
_PREFIXES: Final = {
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}


@dataclass(frozen=True)
class Decision:
    """That a text names a thing, or does not: who decided it, when (``YYYY-MM-DD``) and why.

    ``path`` and ``line`` are where it is, if it was read.
    """

    subject_label: str
    object_id: str
    is_same: bool
    author_label: str
    mapping_date: str
    comment: str
    object_label: str = ""
    path: Path = field(default=FILE, compare=False)
    line: int = field(default=0, compare=False)


def read_decisions(path: Path) -> tuple[Decision, ...]:
    """Return the decisions of a file in their order; none where there is no file.

    Raises InputSyntaxError, with the line, for one that cannot be read, and for two that contradict each other.
    """
    if not path.exists():
        return ()
    try:
        text = read_input(path).decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        raise InputSyntaxError(path, f"it is not UTF-8 ({reason}).") from reason
    decisions = tuple(_decisions(path, text))
    _refuse_contradictions(decisions)
    return decisions


def write_decisions(path: Path, decisions: Iterable[Decision]) -> None:
    """Write decisions into a file, each once and sorted, in place of what it had; raises as `read_decisions` does."""
    rows = sorted({_row(decision) for decision in decisions})
    target = io.StringIO()
    writer = csv.writer(target, delimiter="\t", lineterminator="\n")
    target.write(_head(row[_COLUMNS.index("object_id")] for row in rows))
    writer.writerows([_COLUMNS, *rows])
    text = target.getvalue()
    _refuse_contradictions(tuple(_decisions(path, text)))
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(scratch).chmod(0o644)
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise


def _decisions(path: Path, text: str) -> Iterator[Decision]:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    skipped = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    reader = csv.reader(lines[skipped:], delimiter="\t")
    try:
        columns = next(reader, [])
        if missing := [name for name in _NEEDED if name not in columns]:
            raise InputSyntaxError(path, f"the columns {', '.join(missing)} are missing.", skipped + 1)
        for row in reader:
            line = skipped + reader.line_num
            if len(row) > len(columns):
                raise InputSyntaxError(path, f"the line has {len(row)} cells, and the head {len(columns)}.", line)
            if any(cell.strip() for cell in row):
                yield _decision(path, line, dict(zip(columns, row, strict=False)))
    except csv.Error as reason:
        raise InputSyntaxError(path, f"the line cannot be read: {reason}.", skipped + reader.line_num) from reason


def _decision(path: Path, line: int, cells: dict[str, str]) -> Decision:
    if empty := [name for name in _NEEDED if not cells.get(name, "").strip()]:
        raise InputSyntaxError(path, f"{', '.join(empty)} is empty; a decision says who decided, when and why.", line)
    if cells["predicate_id"] != _SAME:
        raise InputSyntaxError(path, f"the predicate is '{cells['predicate_id']}', but must be {_SAME}.", line)
    modifier = cells.get("predicate_modifier", "")
    if modifier not in ("", "Not"):
        raise InputSyntaxError(path, f"the modifier is '{modifier}'; leave it empty, or write Not.", line)
    return Decision(
        subject_label=cells["subject_label"],
        object_id=expand(cells["object_id"]),
        is_same=not modifier,
        author_label=cells["author_label"],
        mapping_date=cells["mapping_date"],
        comment=cells["comment"],
        object_label=cells.get("object_label", ""),
        path=path,
        line=line,
    )


def _refuse_contradictions(decisions: Iterable[Decision]) -> None:
    first: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        before = first.setdefault((_folded(decision.subject_label), decision.object_id), decision)
        if before.is_same != decision.is_same:
            raise InputSyntaxError(
                decision.path,
                f"lines {before.line} and {decision.line} contradict each other: '{decision.subject_label}' is the "
                f"same as <{decision.object_id}>, and is not; delete one of them.",
                decision.line,
            )


def _row(decision: Decision) -> tuple[str, ...]:
    cells = {
        "subject_label": decision.subject_label,
        "subject_type": "rdfs literal",
        "predicate_id": _SAME,
        "predicate_modifier": "" if decision.is_same else "Not",
        "object_id": compact(decision.object_id),
        "object_label": decision.object_label,
        "mapping_justification": _BY_HAND,
        "author_label": decision.author_label,
        "mapping_date": decision.mapping_date,
        "comment": decision.comment,
    }
    return tuple(" ".join(cells[name].split()) for name in _COLUMNS)


def _head(curies: Iterable[str]) -> str:
    """Return the lines above the table: the prefixes that it uses."""
    used = {curie.partition(":")[0] for curie in curies}
    prefixes = _PREFIXES | {prefix: iri for prefix, iri in names().prefixes.items() if prefix in used}
    return "".join(["#curie_map:\n", *(f"#  {prefix}: {iri}\n" for prefix, iri in sorted(prefixes.items()))])


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
