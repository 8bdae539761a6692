"""Reads a text file: paragraphs are separated by blank lines, pages by form feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ecp_graph.documents.blocks import Block
from ecp_graph.errors import InputSyntaxError
from ecp_graph.inputs import read_input

__all__ = ["read_plain"]

_BLANK_LINES: Final = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")


def read_plain(path: Path) -> Iterator[Block]:
    """Yield the paragraphs of a text file in UTF-8; raises InputSyntaxError for one in another encoding."""
    try:
        text = read_input(path).decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        raise InputSyntaxError(path, f"it is not text in UTF-8 ({reason}). Save it as UTF-8.") from reason
    pages = text.replace("\r\n", "\n").split("\f")
    for number, page in enumerate(pages, 1):
        for paragraph in _BLANK_LINES.split(page):
            if paragraph.strip():
                yield Block(paragraph.strip("\n"), page=number if len(pages) > 1 else 0)
