"""The numbers and bullets that Word writes before paragraphs: they are no part of a paragraph's own text.

ECMA-376, part 1, 17.9: a paragraph names a list and a level, or its style does; a list is an abstract one, with which
it shares its counters, and may start a level anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from docx.oxml.ns import qn

__all__ = ["Numbering"]

_VALUE: Final = qn("w:val")
_PLACE: Final = re.compile(r"%(\d)")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_ROMAN: Final = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
#: Bullets in the fonts Symbol and Wingdings, as the characters that they look like.
_BULLETS: Final = str.maketrans({"\uf0b7": "•", "\uf0a7": "▪", "\uf02d": "-", "\uf0d8": "➢", "\uf0fc": "✓"})
_LONGEST_STYLE_CHAIN: Final = 16


@dataclass(frozen=True)
class _Level:
    start: int
    form: str
    text: str


@dataclass(frozen=True)
class _List:
    """A list: the abstract list that it counts with, and its levels by number, those started anew apart."""

    abstract: str
    levels: dict[int, _Level]
    restarted: dict[int, int]


class Numbering:
    """Counts the numbered paragraphs of one document, which are to be given in their order."""

    def __init__(self, document: Any) -> None:
        """Take a document of python-docx."""
        # the part is asked for among the relations: python-docx would make one where there is none
        parts = (relation for relation in document.part.rels.values() if relation.reltype.endswith("/numbering"))
        found = next(parts, None)
        self._lists = _lists(found.target_part.element) if found else {}
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element.iter(qn("w:style"))}
        self._counters: dict[str, dict[int, int]] = {}
        self._seen: set[tuple[str, int]] = set()

    def label(self, paragraph: Any) -> str:
        """Return what Word writes before a paragraph, such as ``2.1.`` or ``•``; empty where it writes nothing."""
        name, level = self._named(paragraph)
        found = self._lists.get(name)
        if found is None or level not in found.levels:
            return ""
        return self._counted(name, found, level)

    def _named(self, paragraph: Any) -> tuple[str, int]:
        """Return the number of the list and the level of a paragraph, its own or its style's."""
        number, level = _properties(paragraph)
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        name = style.get(_VALUE) if style is not None else ""
        for _ in range(_LONGEST_STYLE_CHAIN):
            if number is not None or name not in self._styles:
                break
            found = self._styles[name]
            number, of_style = _properties(found)
            level = level if level is not None else of_style
            parent = found.find(qn("w:basedOn"))
            name = parent.get(_VALUE) if parent is not None else ""
        return number or "", level or 0

    def _counted(self, name: str, found: _List, level: int) -> str:
        counters = self._counters.setdefault(found.abstract, {})
        own = found.levels[level]
        if level in found.restarted and (name, level) not in self._seen:
            counters[level] = found.restarted[level]
        else:
            counters[level] = counters[level] + 1 if level in counters else own.start
        self._seen.add((name, level))
        for deeper in [other for other in counters if other > level]:
            del counters[deeper]
        if own.form == "bullet":
            return own.text.translate(_BULLETS)

        def number(place: re.Match[str]) -> str:
            other = int(place[1]) - 1
            shown = found.levels.get(other, own)
            return _written(counters.get(other, shown.start), shown.form)

        return _PLACE.sub(number, own.text)


def _properties(element: Any) -> tuple[str | None, int | None]:
    """Return the list and the level that a paragraph or a style states; list 0 is none."""
    stated = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
    if stated is None:
        return None, None
    number, level = stated.find(qn("w:numId")), stated.find(qn("w:ilvl"))
    return (
        number.get(_VALUE) if number is not None else None,
        int(level.get(_VALUE)) if level is not None else None,
    )


def _lists(numbering: Any) -> dict[str, _List]:
    """Return the lists of a numbering part by their number."""
    abstract = {found.get(qn("w:abstractNumId")): _levels(found) for found in numbering.findall(qn("w:abstractNum"))}
    lists = {}
    for found in numbering.findall(qn("w:num")):
        name = found.find(qn("w:abstractNumId")).get(_VALUE)
        levels, restarted = dict(abstract.get(name, {})), {}
        for override in found.findall(qn("w:lvlOverride")):
            level = int(override.get(qn("w:ilvl")))
            start = override.find(qn("w:startOverride"))
            if start is not None:
                restarted[level] = int(start.get(_VALUE))
            levels |= _levels(override)
        lists[found.get(qn("w:numId"))] = _List(name, levels, restarted)
    return lists


def _levels(parent: Any) -> dict[int, _Level]:
    levels = {}
    for level in parent.findall(qn("w:lvl")):
        start, form, text = (_value(level, name, usual) for name, usual in _USUAL.items())
        levels[int(level.get(qn("w:ilvl")))] = _Level(int(start), form, text)
    return levels


#: What a level states, with what holds where it does not.
_USUAL: Final = {"w:start": "0", "w:numFmt": "decimal", "w:lvlText": ""}


def _value(level: Any, name: str, usual: str) -> str:
    found = level.find(qn(name))
    return str(found.get(_VALUE, usual)) if found is not None else usual


def _written(number: int, form: str) -> str:
    """Return a number in a format of ST_NumberFormat; one that is not known is written in decimal digits."""
    if form == "none":
        return ""
    if form.endswith("Letter") and number > 0:
        repeats, at = divmod(number - 1, len(_LETTERS))
        text = _LETTERS[at] * (repeats + 1)
    elif form.endswith("Roman"):
        text = _roman(number)
    else:
        text = f"{number:02}" if form == "decimalZero" else str(number)
    return text.upper() if form.startswith("upper") else text


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text
