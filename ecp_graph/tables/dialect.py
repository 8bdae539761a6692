"""What DuckDB's SQL and Spark's write differently, of what the statements of a build use. All of it stands here.

Statements are written for DuckDB. `OPTIONS` make Spark read names in quotation marks as it does, `FUNCTIONS` give Spark
the functions that it has under other names, and `in_spark` changes the rest of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

__all__ = ["FUNCTIONS", "OPTIONS", "in_spark"]

#: Settings of a session: "name" is a name, as in the standard, and a number that does not fit is an error.
OPTIONS: Final = {"spark.sql.ansi.enabled": "true", "spark.sql.ansi.doubleQuotedIdentifiers": "true"}
#: What follows CREATE TEMPORARY FUNCTION.
FUNCTIONS: Final = (
    "error(message STRING) RETURNS STRING RETURN raise_error(message)",
    "starts_with(text STRING, start STRING) RETURNS BOOLEAN RETURN startswith(text, start)",
    "ends_with(text STRING, ending STRING) RETURNS BOOLEAN RETURN endswith(text, ending)",
    "strpos(text STRING, part STRING) RETURNS INT RETURN instr(text, part)",
)
#: In Spark a backslash begins an escape, and VARCHAR has a length.
_WORDS: Final = (("'\\'", "chr(92)"), ("VARCHAR", "STRING"))
_RECURSIVE: Final = re.compile(r"\(\s*WITH RECURSIVE\b")


def in_spark(select: str, made: Callable[[str], str]) -> str:
    """Return a statement of DuckDB as Spark runs it.

    Spark has no recursion that ends by itself. A part in parentheses that is recursive, such as the closure of a path,
    is given to ``made``, which returns the name of a table of its rows.
    """
    if select.startswith("WITH RECURSIVE"):
        select = f"SELECT * FROM ({select})"
    while found := _RECURSIVE.search(select):
        start, end = found.start(), _closing(select, found.start())
        select = f"{select[:start]}(SELECT * FROM {made(select[start + 1 : end])}){select[end + 1 :]}"
    for ours, theirs in _WORDS:
        select = select.replace(ours, theirs)
    return select


def _closing(select: str, start: int) -> int:
    """Return where the parenthesis is closed that is opened at a place; no text in between has one in quotes."""
    depth = 0
    for at, character in enumerate(select[start:], start):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return at
    raise ValueError(f"A parenthesis is not closed in {select[start:]!r}")
