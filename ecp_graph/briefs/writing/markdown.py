"""A briefing as Markdown: CommonMark, with the tables of GitHub Flavored Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ecp_graph.briefs.model import Brief, Line, Section, Sentence, Table
from ecp_graph.briefs.writing.words import confidential_in_words, foot_of, left_out_of, legible, plain

__all__ = ["markdown_of"]

#: What has a meaning in Markdown wherever it stands.
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~&])")
#: What begins a heading, an item or a number where it begins a line.
_AT_START: Final = re.compile(r"^(?=[#+-](?:\s|$))|^(\d+)(?=[.)](?:\s|$))")


def markdown_of(brief: Brief) -> str:
    """Return a briefing as Markdown."""
    parts = [f"# {_escaped(legible(brief.title))}", f"*{brief.sort}*"]
    if warning := confidential_in_words(brief):
        parts.append(f"**{_escaped(warning)}**")
    for section in brief.sections:
        parts += _section(section)
    parts += ["---", " · ".join(_addressed(part) for part in foot_of(brief))]
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    for sentences in filter(None, section.paragraphs):
        yield " ".join(map(_sentence, sentences))
    if section.table and section.table.rows:
        yield _table(section.table)
    if section.points:
        yield "\n".join(f"- {_sentence(point)}" for point in section.points)
    if told := left_out_of(section):
        yield f"*{told}*"


def _sentence(sentence: Sentence) -> str:
    where = f" ({_text(sentence.places)})" if sentence.places else ""
    return _text(sentence.line) + where


def _table(table: Table) -> str:
    heads = [table.grouped_by, *(_escaped(legible(column.heading)) for column in table.columns)]
    rows = [[_text(row.group), *map(_text, row.cells)] for row in table.rows]
    if not table.grouped_by:
        heads, rows = heads[1:], [row[1:] for row in rows]
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _text(found: Line) -> str:
    return _escaped(plain(found))


def _escaped(text: str) -> str:
    return _AT_START.sub(lambda found: f"{found[1]}\\" if found[1] else "\\", _SPECIAL.sub(r"\\\1", text))


def _addressed(part: str) -> str:
    return f"<{part}>" if re.fullmatch(r"https?://[^\s<>]+", part) else _escaped(part)
