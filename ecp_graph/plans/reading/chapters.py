"""Chapters: the heading that is over a table, and rows of a table that are headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ecp_graph.plans.reading.tables import Paragraph
from ecp_graph.plans.wordings import plain, wordings

__all__ = ["chapter_above", "is_chapter_title", "is_note", "one_line"]

_NUMBERED: Final = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3})*[.):]?|[IVXLC]{1,6}[.):]|[A-Z][.)])\s+\S")
_LONGEST: Final = 200
#: A number in a text that is joined to what it numbers by tabs or several spaces.
_SPACES: Final = re.compile(r"\s+")


def one_line(text: str) -> str:
    """Return a text with single spaces for all white space."""
    return _SPACES.sub(" ", text).strip()


def is_chapter_title(text: str) -> bool:
    """Whether a text is marked as the title of a chapter: by a number, or by a word such as "Pillar"."""
    line = one_line(text)
    if not line or len(line) > _LONGEST or line.endswith((".", ";")) or is_note(line):
        return False
    return bool(_NUMBERED.match(line)) or wordings().begins(line, "chapters")


def is_note(text: str) -> bool:
    """Whether a text is a note or a sum."""
    words = wordings()
    signs = tuple(words.content["note_signs"])
    return text.lstrip().startswith(signs) or words.begins(text, "totals") or _is_labelled_note(text)


def _is_labelled_note(text: str) -> bool:
    """Whether a text begins with a word such as "Note" that is by itself: "Note: …", not "Notes on transit"."""
    label = re.split(r"[:.\-–—(]", one_line(text), maxsplit=1)[0]
    return wordings().is_one_of(label, "notes") or (wordings().begins(text, "notes") and ":" in text[:30])


def chapter_above(paragraphs: Sequence[Paragraph]) -> str:
    """Return the heading nearest above a table, or nothing; captions such as "Table 2" are no headings of chapters."""
    headings = [paragraph for paragraph in paragraphs if paragraph.level and not _is_caption(paragraph.text)]
    if headings:
        return one_line(headings[-1].text)
    for paragraph in reversed(paragraphs):
        if is_chapter_title(paragraph.text) and not _is_caption(paragraph.text):
            return one_line(paragraph.text)
    for paragraph in reversed(paragraphs):
        line = one_line(paragraph.text)
        if paragraph.is_bold and len(line) <= _LONGEST and not line.endswith(".") and not _is_caption(line):
            return line
    return ""


def _is_caption(text: str) -> bool:
    line = one_line(text)
    first = re.split(r"[\d:.\-–—]", line, maxsplit=1)[0]
    return wordings().is_one_of(line, "captions") or (bool(plain(first)) and wordings().is_one_of(first, "captions"))
