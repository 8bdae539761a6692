"""A draft reading as JSON, with the keys that programs rely on, and as the text that a command prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from ecp_graph.plans.draft.columns import shown
from ecp_graph.plans.draft.model import Draft, DraftName, DraftRow

__all__ = ["as_json", "as_text"]

#: How the parts of a text call the kinds of things.
_PLURALS: Final = {
    "body": "bodies",
    "programme": "programmes",
    "instrument": "instruments",
    "topic": "topics",
    "goal": "goals",
}


def as_json(draft: Draft) -> dict[str, Any]:
    """Return the draft as a JSON object; strings, but scores are numbers and a match that is not sure is null."""
    return {
        "plan": draft.given.plan,
        "document": {"path": draft.path, "sha256": draft.sha256},
        "rows": [_row(row) for row in draft.rows],
        "problems": [
            {"locator": problem.locator, "code": problem.code, "message": problem.message} for problem in draft.problems
        ],
    }


def as_text(draft: Draft) -> str:
    """Return what was understood and what is in doubt, in lines for a person to read."""
    return "\n".join([*_understood(draft), *_changes(draft), *_doubts(draft), *_problems(draft)]) + "\n"


def _row(row: DraftRow) -> dict[str, Any]:
    time = row.time
    return {
        "locator": row.row.locator,
        "number": row.number,
        "title": row.title,
        "chapter": row.chapter,
        "responsible": [
            {"text": name.text, "role": role, "match": name.match or None, "score": _score(name)}
            for name, role in _with_roles(row.named("responsible"))
        ],
        "programmes": _names(row.named("programmes")),
        "timeframe": {"text": time.text, "kind": time.kind, "from": time.start, "until": time.end, "edtf": time.edtf},
        "instruments": _names(row.named("instruments")),
        "topics": _names(row.named("topics")),
        "status": row.status,
        "doubts": list(row.doubts),
    }


def _with_roles(names: Sequence[DraftName]) -> Iterator[tuple[DraftName, str]]:
    """Yield bodies with one of the roles of the format: who is responsible leads where nobody is said to."""
    unsaid = "partner" if any(name.role == "lead" for name in names) else "lead"
    yield from ((name, name.role if name.role and name.role != "responsible" else unsaid) for name in names)


def _names(names: Iterable[DraftName]) -> list[dict[str, Any]]:
    return [{"text": name.text, "match": name.match or None, "score": _score(name)} for name in names]


def _score(name: DraftName) -> float:
    return round(min(max(name.score, 0.0), 1.0), 4)


def _understood(draft: Draft) -> Iterator[str]:
    chapters = len({row.chapter for row in draft.rows if row.chapter})
    yield f"{draft.document}: {_of(len(draft.rows), 'action')}" + (
        f" in {_of(chapters, 'chapter')}" if chapters else ""
    )
    yield from (f"  {taken}" for taken in draft.taken)
    if draft.title_cell:
        yield f"  title: “{shown(draft.title)}” ({draft.title_cell.locator})"
    elif not draft.given.title:
        yield f"  title: “{shown(draft.title)}”, from the name of the file; --title gives another one"
    if draft.unread:
        yield f"  {_of(draft.unread, 'row')} of the tables gave no action"
    for kind, plural in _PLURALS.items():
        counts = draft.counts(kind)
        if total := sum(counts.values()):
            yield (
                f"  {plural}: {total} named, {counts['sure']} known for sure, {counts['question']} asked, "
                f"{counts['own']} the plan's own"
            )
    kinds = Counter(row.time.kind for row in draft.rows)
    if kinds:
        yield "  times: " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))


def _changes(draft: Draft) -> Iterator[str]:
    changed = [row for row in draft.rows if row.change in ("new", "changed")]
    if any(row.action for row in draft.rows) or draft.orphans:
        kept = sum(bool(row.action) for row in draft.rows)
        yield f"Since the last import: IRIs kept: {kept}; no longer in the document: {len(draft.orphans)}."
        yield from (f"  {row.row.locator}: {row.change}: {row.number} {row.title}".rstrip() for row in changed)
        yield from (f"  orphaned: {orphan.number} {orphan.title} <{orphan.action}>" for orphan in draft.orphans)


def _doubts(draft: Draft) -> Iterator[str]:
    told = {problem.message for problem in draft.problems}  # once, below
    lines = [f"  {_placed(row, doubt)}" for row in draft.rows for doubt in row.doubts if doubt not in told]
    if lines:
        yield f"In doubt ({len(lines)}):"
        yield from lines


def _placed(row: DraftRow, doubt: str) -> str:
    """Return a doubt with the place of its row before it, where it does not begin with a place itself."""
    places = (row.row.locator, *(cell.locator for cell in row.row.cells.values()))
    return doubt if doubt.startswith(places) else f"{row.row.locator}: {doubt}"


def _of(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _problems(draft: Draft) -> Iterator[str]:
    if draft.problems:
        yield f"Problems ({len(draft.problems)}):"
        yield from (f"  {problem.sentence}" for problem in draft.problems)
