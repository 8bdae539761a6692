"""A document as a sequence of blocks in reading order: its paragraphs and the cells of its tables."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Block"]


@dataclass(frozen=True)
class Block:
    """A paragraph, or a cell when it has a table: its text, and where it stands; each number from 1, 0 if unknown.

    Tables are counted in the whole document. A merged cell stands once, at its first row and column. What stands in
    the margin of pages, such as a running head, is told apart, because it comes between the lines of a paragraph.
    """

    text: str
    table: int = 0
    row: int = 0
    column: int = 0
    page: int = 0
    is_margin: bool = False
