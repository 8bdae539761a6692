"""Papers as text, Word and PDF files, made by the tests: a paper is a sequence of paragraphs and tables."""

from __future__ import annotations

import html
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import docx
import pytest

#: A paragraph, or the rows of a table with the texts of their cells.
Part = str | Sequence[Sequence[str]]

HARBOUR: Sequence[Part] = (
    "Plan of the harbour",
    "1. The harbour’s board wants quieter quays – by night, and by day.",
    "Quays",
    "2. Ships of the north quay sound their horns in fog only.",
    (
        ("No", "Action", "Who", "When"),
        ("1", "Measure the noise of each quay", "Harbour board", "2031"),
        ("2", "Plant a hedge of hornbeam", "Gardens, Harbour board", ""),
        ("3", "Tell the town", "Harbour board", "each May"),
    ),
    "Quays",
    "3. The board reports on its quays in May: <b>quiet</b> & dry.",
)

_STYLE = "table { border-collapse: collapse } td { border: 1px solid black; padding: 4px }"


def as_text(paper: Sequence[Part], path: Path) -> Path:
    """Write a paper as text: cells and paragraphs with a blank line between them, long lines broken."""
    parts = ["\n\n".join(["\n\n".join(row) for row in part]) if not isinstance(part, str) else part for part in paper]
    path.write_text("\n\n".join(parts).replace(" of ", " of\n"), encoding="utf-8")
    return path


def as_word(paper: Sequence[Part], path: Path, *, head: str = "") -> Path:
    """Write a paper as a Word document with real tables, and a running head."""
    document = docx.Document()
    if head:
        document.sections[0].header.paragraphs[0].text = head
    for part in paper:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(len(part), len(part[0]))
        for row, texts in zip(table.rows, part, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    document.save(str(path))
    return path


def as_pdf(paper: Sequence[Part], path: Path, *, has_margins: bool = False) -> Path:
    """Print a paper to PDF with Chromium, with date and page number in margins; skips the test without Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no chromium: Debian package chromium")
    page = path.with_suffix(".html")
    page.write_text(f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>{_html(paper)}", encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={path}"]
    flags += [] if has_margins else ["--no-pdf-header-footer"]
    subprocess.run([program, *flags, page.as_uri()], check=True, capture_output=True, timeout=120)
    return path


def _html(paper: Sequence[Part]) -> str:
    made = []
    for part in paper:
        if isinstance(part, str):
            made.append(f"<p>{html.escape(part)}</p>")
        else:
            cells = ["".join(f"<td>{html.escape(text)}</td>" for text in row) for row in part]
            made.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>")
    return "\n".join(made)
