"""A short paper of headings, paragraphs and tables, written as text, as a page of its own, or as a Word file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

__all__ = ["Paper", "Section", "as_docx", "as_html", "as_text"]

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
#: A cell of text that is longer is not padded, nor are others for its sake.
_WIDEST: Final = 24
_STYLE: Final = """
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.6rem; line-height: 1.25; text-wrap: balance }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid #8886 }
th { font-weight: 600; white-space: nowrap }
th:not(:last-child) { min-width: 3rem }
th:last-child { width: 75% }
td:not(:last-child) { font-variant-numeric: tabular-nums }
"""
#: No control character may stand in XML.
_CONTROLS: Final = {code: " " for code in range(32) if chr(code) not in "\t\n\r"}


@dataclass(frozen=True)
class Section:
    """A heading, a paragraph, and a table, each of which may be empty; all rows have as many cells as columns."""

    heading: str
    text: str = ""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Paper:
    """A title, a paragraph below it, and sections; ``language`` is the tag of its own words."""

    title: str
    lead: str
    sections: Sequence[Section]
    language: str = "en"


def as_text(paper: Paper) -> str:
    """Return a paper as text for a terminal, a line a row of a table."""
    lines = [paper.title, paper.lead]
    for section in paper.sections:
        lines += ["", section.heading]
        lines += [f"  {section.text}"] if section.text else []
        widths = [min(_WIDEST, max(map(len, column))) for column in zip(*section.rows, strict=True)]
        for row in section.rows:
            cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
            lines.append(f"  {'  '.join([*cells, row[-1]])}".rstrip())
    return "\n".join(lines).rstrip() + "\n"


def as_html(paper: Paper) -> str:
    """Return a paper as a page that holds all that it needs and fetches nothing."""
    return "\n".join(_page(paper)) + "\n"


def _page(paper: Paper) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield f'<html lang="{escape(paper.language)}"><head><meta charset="utf-8"><title>{escape(paper.title)}</title>'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>{_STYLE}</style></head><body><main>"
    yield f"<h1>{escape(paper.title)}</h1>"
    yield f"<p>{escape(paper.lead)}</p>"
    for section in paper.sections:
        yield f"<section><h2>{escape(section.heading)}</h2>"
        if section.text:
            yield f"<p>{escape(section.text)}</p>"
        if section.rows:
            name = escape(section.heading)
            yield f'<div class="wide" tabindex="0" role="region" aria-label="{name}"><table><thead><tr>'
            yield "".join(f'<th scope="col">{escape(column)}</th>' for column in section.columns)
            yield "</tr></thead><tbody>"
            yield from (f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in section.rows)
            yield "</tbody></table></div>"
        yield "</section>"
    yield "</main></body></html>"


def as_docx(paper: Paper) -> bytes:
    """Return a paper as a Word file, the same bytes for the same paper but for their times."""
    from docx import Document

    document = Document()
    document.core_properties.title = _plain(paper.title)
    document.core_properties.author = ""
    document.core_properties.language = paper.language
    document.add_heading(_plain(paper.title), 0)
    document.add_paragraph(_plain(paper.lead))
    for section in paper.sections:
        document.add_heading(_plain(section.heading), 1)
        if section.text:
            document.add_paragraph(_plain(section.text))
        if section.rows:
            table = document.add_table(rows=1, cols=len(section.columns), style="Light List Accent 1")
            for cell, column in zip(table.rows[0].cells, section.columns, strict=True):
                cell.text = _plain(column)
            for row in section.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = _plain(text)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _plain(text: str) -> str:
    return text.translate(_CONTROLS)
