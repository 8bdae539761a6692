r"""The SPARQL lexer: tokens (SPARQL 1.1 Query, section 19.8), the prologue, and positions in a text.

It accepts any text, valid or not, and takes linear time, because no pattern backtracks. A `<` begins an IRI wherever
one can be read up to a `>`, as in the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = [
    "ESCAPE",
    "PAIRS",
    "Token",
    "declared_prefixes",
    "every_token",
    "first_keyword",
    "marks",
    "position",
    "query_start",
    "tokens",
    "unescape",
]

#: Closing brackets and those that they close.
PAIRS: Final = {")": "(", "]": "[", "}": "{"}
#: The escapes that may stand anywhere (section 19.2).
ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")

#: The characters PN_CHARS_BASE, and those that may follow in a word or the name of a variable.
_FIRST: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NEXT: Final = _FIRST + "0-9_\u00b7\u0300-\u036f\u203f\u2040"
_DOTTED: Final = rf"[{_NEXT}\-]*+(?:\.++[{_NEXT}\-]++)*+"
_LOCAL: Final = rf"(?:[{_NEXT}:%]|\\.)(?>\.*+(?:[{_NEXT}\-:%]|\\.))*+"
_COMMENT: Final = r"#[^\r\n]*+"
_IRI: Final = r"<[^<>\"{}|^`\\\x00-\x20]*+(?>(?:\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})[^<>\"{}|^`\\\x00-\x20]*+)*+>"
_WORD: Final = rf"[{_FIRST}_][{_NEXT}]*+"
_NUMBER: Final = r"(?:[0-9]++(?:\.[0-9]++|\.(?=[eE][+-]?[0-9]))?+|\.[0-9]++)(?:[eE][+-]?+[0-9]++)?+"
#: Strings without their last quotes; the long ones first.
_STRINGS: Final = {
    '"""': r'"""(?>[^"\\]++|\\.|"(?!""))*+',
    "'''": r"'''(?>[^'\\]++|\\.|'(?!''))*+",
    '"': r'"(?!"")(?>[^"\\\r\n]++|\\.)*+',
    "'": r"'(?!'')(?>[^'\\\r\n]++|\\.)*+",
}
_KINDS: Final = {
    "space": r"\s++",
    "comment": _COMMENT,
    "iri": _IRI,
    "string": "|".join(start + quotes for quotes, start in _STRINGS.items()),
    "unclosed": "|".join(_STRINGS.values()),
    "variable": rf"[?$][{_NEXT}]++",
    "language": r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+",
    "blank": rf"_:[{_NEXT}]{_DOTTED}",
    "name": rf"(?:[{_FIRST}]{_DOTTED})?+:(?:{_LOCAL})?+",
    # Words with dots and hyphens between them: read once as what may be a prefix, then once more as what they are.
    "run": rf"[{_FIRST}_]{_DOTTED}",
    "number": _NUMBER,
    "mark": ".",
}


def _compiled(kinds: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items()), re.DOTALL)


_TOKEN: Final = _compiled(_KINDS)
_IN_RUN: Final = _compiled({"word": _WORD, "number": _NUMBER, "mark": "."})
#: The next bracket or separator, behind tokens that may hold characters which are none.
_TO_MARK: Final = re.compile(
    rf"(?>[^#\\<\"'{{}}()\[\].;,]++|{_COMMENT}|\\.|{_IRI}"
    + "".join(f"|{start}(?:{quotes})?+" for quotes, start in _STRINGS.items())
    + r"|[\\<])*+(?:([{}()\[\].;,])|\Z)",
    re.DOTALL,
)
_GAP: Final = rf"(?>\s++|{_COMMENT})*+"
#: A declaration, also one whose IRI is malformed: of that the engine's parser has more to say.
_DECLARED: Final = (
    rf"{_GAP}(?>(?ai:BASE){_GAP}<[^<>]*+>|(?ai:PREFIX){_GAP}(?P<prefix>[^\s:<>]*+):{_GAP}<[^<>]*+>"
    rf"|(?ai:VERSION){_GAP}(?:\"[^\"]*+\"|'[^']*+'))"
)
_DECLARATION: Final = re.compile(_DECLARED)
_PROLOGUE: Final = re.compile(rf"(?>{_DECLARED})*+{_GAP}")
_KEYWORD: Final = re.compile(r"[A-Za-z]++")


class Token(NamedTuple):
    """A piece of a text: its kind, where it starts, and its characters.

    The kinds are space, comment, iri, string, unclosed (a string without its last quotes, which goes to the end of the
    line, or of the text if it is a long one), variable, language, blank (the label of a node), name (with a prefix),
    word, number, and mark, which is any other character.
    """

    kind: str
    start: int
    text: str

    @property
    def keyword(self) -> str:
        """The word in capitals; empty for what can be no keyword."""
        return self.text.upper() if self.kind == "word" and self.text.isascii() else ""


def every_token(text: str, start: int = 0) -> Iterator[Token]:
    """Yield the tokens from a place on; put together they are the text."""
    for found in _TOKEN.finditer(text, start):
        for piece in _IN_RUN.finditer(text, *found.span()) if found.lastgroup == "run" else (found,):
            yield Token(piece.lastgroup or "", piece.start(), piece.group())


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """Yield the tokens from a place on that are neither white space nor comments."""
    return (token for token in every_token(text, start) if token.kind not in {"space", "comment"})


def marks(text: str) -> list[str]:
    """Return the brackets, dots, semicolons and commas outside comments, IRIs and strings: in one pass, for speed.

    Those inside names and numbers count too; the last one is empty.
    """
    return _TO_MARK.findall(text)


def query_start(sparql: str) -> int:
    """Return where the prologue of a query or update ends (section 4.1.1): the place of the keyword behind it."""
    found = _PROLOGUE.match(sparql)
    return found.end() if found else 0


def declared_prefixes(sparql: str) -> set[str]:
    """Return the prefixes that the prologue of a query or update declares."""
    prefixes, end = set(), 0
    while found := _DECLARATION.match(sparql, end):
        end = found.end()
        if found["prefix"] is not None:
            prefixes.add(found["prefix"])
    return prefixes


def first_keyword(sparql: str) -> str | None:
    """Return the word, in capitals, that follows the prologue of a query or update; None if there is none."""
    word = _KEYWORD.match(sparql, query_start(sparql))
    return word.group().upper() if word else None


def position(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column of a place, counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def unescape(text: str) -> str:
    r"""Return the text with every \uXXXX and \UXXXXXXXX replaced (section 19.2)."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1] or found[2], 16)
        return chr(code) if code < 0x110000 else found.group()

    return ESCAPE.sub(character, text)
