"""Splits a cell into the names that it holds, as they are written, and says the role of each body.

A separator may be part of a name: "Committee on Trade and Development". A name that is known is never broken; beside
that, a word such as "and" separates names only where each side can be one. Where it cannot be told, the text is kept
whole and there is a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from ecp_graph.documents.text import normalised
from ecp_graph.plans.rows import Role
from ecp_graph.plans.wordings import plain, wordings

__all__ = ["NamedPart", "Parts", "known_names", "split"]

_BULLET: Final = re.compile(r"^(?:[•▪◦●○■□·*➢✓\-–—]\s+|[•▪◦●■➢✓]|\(?[a-z0-9ivx]{1,3}[.)]\s+)")
_ACRONYM: Final = re.compile(r"^[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ0-9]+(?:[-/ .&][A-Za-z0-9]+)*$|^[A-Z][a-z]?[A-Z]+[a-z]?s?$")
#: A full stop that does not belong to an abbreviation.
_SENTENCE_END: Final = re.compile(r"[^\W\d_]{6,}\.$")
_TRIM: Final = " \t\n,;:/|–—-·•"
_BRACKET: Final = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
#: A name in a line of its own may go on in the next where it ends with one of these, or the next begins small.
_HARD: Final = frozenset(";\n")
_MOST_PIECES: Final = 400
#: The roles that words of a cell can say, each a list of wordings before names and one of marks behind a name.
_SAID: Final[tuple[Role, ...]] = ("lead", "partner", "consulted")
#: A name has so few words where it may be no more than the rest of the one before it.
_FEW_WORDS: Final = 2


@dataclass(frozen=True)
class NamedPart:
    """A part of a cell as it is written there, with its white space as single spaces."""

    text: str
    role: Role | None = None


@dataclass(frozen=True)
class Parts:
    """The parts of a cell in its order, and sentences on what could be split otherwise."""

    parts: tuple[NamedPart, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Piece:
    """A piece of a text, and what separates it from the next: a sign, a line end, or a word such as "and"."""

    start: int
    end: int
    separator: str


def known_names(names: Collection[str]) -> frozenset[str]:
    """Return names in the form in which they are looked up."""
    return frozenset(filter(None, map(_key, names)))


def split(text: str, *, known: frozenset[str] = frozenset(), role: Role | None = None) -> Parts:
    """Return the names in a cell; ``known`` comes from `known_names`, ``role`` is that of the column, None for no body.

    A role that words of the cell give, such as "in cooperation with" or "(lead)", goes before that of the column.
    """
    doubts: list[str] = []
    if role is None:
        names = list(_names(text, known, doubts))
        return Parts(tuple(NamedPart(name) for name in names), tuple(doubts))
    found: list[tuple[str, Role | None]] = []
    for chunk, said in _by_role(text):
        for name in _names(chunk, known, doubts):
            bare, marked = _unmarked(_without_article(name) if said else name)
            found.append((bare, marked or said))
    # where one of a column of leads is said to lead, those beside it do not
    has_lead = any(said == "lead" for _, said in found)
    usual: Role = "responsible" if has_lead and role == "lead" else role
    parts = [NamedPart(name, "open" if _is_open(name, known) else said or usual) for name, said in found]
    return Parts(tuple(parts), tuple(doubts))


def _key(name: str) -> str:
    return normalised(name).casefold()


def _by_role(text: str) -> Iterator[tuple[str, Role | None]]:
    """Yield the text between words that say a role, with the role that the words before it say.

    A role that words in brackets say holds until these are closed.
    """
    role: Role | None = None
    at = 0
    for match in _role_words().finditer(text):
        if match.start() < at:
            continue
        yield text[at : match.start()], role
        said = next(role for role in _SAID if match[role])
        at = match.end()
        end = _closing(text, at) if match[0].startswith("(") else -1
        if end >= 0:
            yield from ((inside, own or said) for inside, own in _by_role(text[at:end]))
            at = end + 1
        else:
            role = said
    yield text[at:], role


def _closing(text: str, at: int) -> int:
    """Return where the bracket is closed that was opened before a place, or -1."""
    depth = 1
    for place in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if not depth:
            return place
    return -1


@cache
def _role_words() -> re.Pattern[str]:
    def either(name: str) -> str:
        words = (re.escape(word).replace(r"\ ", r"\s+") for word in wordings().every(name))
        return "|".join(f"{word}(?!\\w)" if word[-1].isalnum() else word for word in words)

    said = "|".join(f"(?P<{role}>{either(role)})" for role in _SAID)
    return re.compile(rf"(?:(?<!\w)|(?=\W))(?:[(,]\s*)?(?:{said})", re.IGNORECASE)


def _unmarked(name: str) -> tuple[str, Role | None]:
    """Return a name without the brackets after it that say its role."""
    match = _BRACKET.search(name)
    role = next((role for role in _SAID if match and wordings().is_one_of(match[1], f"{role}_marks")), None)
    return (name[: match.start()], role) if match and role else (name, None)


def _without_article(name: str) -> str:
    """Return a name that is in a sentence, as after "led by", without the article before it."""
    for article in wordings().every("articles"):
        rest = name[len(article) :]
        if name.casefold().startswith(article) and (rest[:1].isspace() or not article[-1].isalpha()):
            return rest.strip()
    return name


def _is_open(name: str, known: frozenset[str]) -> bool:
    """Whether a part is a group of bodies that it does not name."""
    if _key(name) in known:
        return False
    name, words = _without_article(name), wordings()
    return words.begins(name, "open_begins") or words.is_one_of(name, "open_whole") or words.ends(name, "open_ends")


def _names(text: str, known: frozenset[str], doubts: list[str]) -> Iterator[str]:
    """Yield the names of a text: the longest runs of pieces that are known, and else what the rules keep together."""
    pieces = _without_commas_before_words(text, list(_pieces(text)))
    at = 0
    while at < len(pieces):
        last = _known_until(text, pieces, at, known)
        if last is None:
            last = at
            while last + 1 < len(pieces) and not _separates(text, pieces, at, last, known, doubts):
                last += 1
        name = _tidy(text[pieces[at].start : pieces[last].end])
        if wordings().is_one_of(name, "undecided"):
            doubts.append(f"'{name}' names nobody, and was left out.")
        elif name and name.casefold() not in wordings().blanks:
            doubts += _unclear(name, known)
            yield name
        at = last + 1


def _unclear(name: str, known: frozenset[str]) -> Iterator[str]:
    """Yield a doubt about a name in which another one may begin."""
    found = [word for word in plain(name).split()[1:-1] if word in wordings().plainly("unclear")]
    if found and _key(name) not in known:
        yield f"Another name may begin at '{found[0]}' in '{name}', which was kept as one."


def _tidy(text: str) -> str:
    name = _BULLET.sub("", " ".join(text.split())).strip(_TRIM)
    return name[:-1] if _SENTENCE_END.search(name) else name


def _known_until(text: str, pieces: Sequence[_Piece], at: int, known: frozenset[str]) -> int | None:
    """Return the last piece of the longest known name that begins with a piece."""
    if known:
        for last in range(min(len(pieces), at + 12) - 1, at - 1, -1):
            name = _unmarked(_tidy(text[pieces[at].start : pieces[last].end]))[0]
            if _key(name) in known or _key(_BRACKET.sub("", name)) in known:
                return last
    return None


def _pieces(text: str) -> Iterator[_Piece]:
    """Yield the pieces between everything that can separate names, but inside brackets."""
    start = depth = count = 0
    for match in _separators().finditer(text):
        sign = match[0]
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth = max(0, depth - 1)
        elif (depth == 0 or (sign == "\n" and not _closes(text, match.end()))) and count < _MOST_PIECES:
            yield _Piece(start, match.start(), sign.strip(" \t").casefold())
            start, count, depth = match.end(), count + 1, 0
    yield _Piece(start, len(text), "")


def _without_commas_before_words(text: str, pieces: Sequence[_Piece]) -> list[_Piece]:
    """Return the pieces with "and" for ", and"."""
    made: list[_Piece] = []
    for piece in pieces:
        is_word = piece.separator[:1].isalpha() or piece.separator == "&"
        if made and made[-1].separator == "," and is_word and not text[piece.start : piece.end].strip():
            made[-1] = replace(made[-1], separator=piece.separator)
        else:
            made.append(piece)
    return made


def _closes(text: str, at: int) -> bool:
    """Whether a bracket is closed after a place before another is opened."""
    rest = re.search(r"[()\[\]]", text[at:])
    return rest is not None and rest[0] in ")]"


@cache
def _separators() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in wordings().every("joins"))
    return re.compile(
        rf"[()\[\]]|;|,|\n|/|(?<=\s)\|(?=\s)|(?<=\s)\(?\d\d?\)(?=\s)|(?<=\s)(?:{words})(?=\s)", re.IGNORECASE
    )


def _separates(
    text: str, pieces: Sequence[_Piece], first: int, last: int, known: frozenset[str], doubts: list[str]
) -> bool:
    """Whether the separator after a piece separates names; ``first`` is the piece that the name begins with."""
    left = _tidy(text[pieces[first].start : pieces[last].end])
    right_piece = pieces[last + 1]
    right = _tidy(text[right_piece.start : right_piece.end])
    separator = pieces[last].separator
    if not left or not right:
        return True
    if separator in _HARD:
        return separator == ";" or _is_new_line(text, pieces[last], right_piece)
    if _known_until(text, pieces, last + 1, known) is not None and (_key(left) in known or separator == ","):
        return True
    if separator == "/":
        is_spaced = text[: pieces[last].end][-1:].isspace() and text[right_piece.start :][:1].isspace()
        return is_spaced or _is_slash_between_names(left, right, doubts)
    if wordings().begins(left, "open_begins") and not wordings().is_one_of(left, "open_whole") and _is_noun(right):
        return False  # "All ministries, departments and agencies"
    if separator == ",":
        return _is_comma_between_names(left, right, doubts, in_name=_is_enumeration(text, pieces, first, last))
    if separator == "|" or separator[-1] == ")":
        return True
    return _joins_names(left, right, doubts)


def _is_new_line(text: str, before: _Piece, after: _Piece) -> bool:
    """Whether a line end ends a name, and is not where a long one was broken."""
    following = text[after.start : after.end].lstrip()
    left = plain(text[before.start : before.end]).split()
    if _BULLET.match(following):
        return True
    goes_on = following[:1].islower() or following[:1] in "(["
    return not goes_on and not (left and left[-1] in _small_words())


@cache
def _small_words() -> frozenset[str]:
    return frozenset().union(*(wordings().plainly(name) for name in ("prepositions", "joins", "fillers")))


def _is_enumeration(text: str, pieces: Sequence[_Piece], first: int, last: int) -> bool:
    """Whether a comma is inside a name such as "Ministry of Agriculture, Livestock and Supply".

    The name is about something, nothing up to the "and" can be a name by itself, and the "and" is no list of names.
    """
    left = _tidy(text[pieces[first].start : pieces[last].end])
    if not _is_about(left):
        return False
    for at in range(last + 1, len(pieces)):
        piece = _tidy(text[pieces[at].start : pieces[at].end])
        if _can_be_name(piece):
            return False
        if pieces[at].separator not in {",", ""} and pieces[at].separator not in _HARD:
            rest = _tidy(text[pieces[at + 1].start : pieces[at + 1].end])
            return not _can_be_name(rest)
        if pieces[at].separator != ",":
            return False
    return False


def _joins_names(left: str, right: str, doubts: list[str]) -> bool:
    """Whether a word such as "and" is between two names."""
    if _begins_small(right):
        return False
    if _can_be_name(right) and _can_be_name(left):
        if _may_be_one(left, right):
            doubts.append(_one_name(left, right))
        return True
    if _is_acronym(left) or _is_acronym(right) or _is_open_text(right) or _begins_with_head(right):
        return True
    if not _is_about(left) or _has_head(right):
        doubts.append(_two_names(left, right))
    return False


def _may_be_one(left: str, right: str) -> bool:
    """Whether two texts that can be names may be one, too: "Department of Finance and Administration"."""
    if _is_about(right) or not right[:1].isupper() or _is_acronym(left) or _is_acronym(right):
        return False
    if _is_about(left):
        return len(right.split()) <= _FEW_WORDS and not wordings().plainly("subjects").isdisjoint(plain(right).split())
    return len(left.split()) == 1 < len(right.split())  # "Police and Fire Service"


def _is_noun(text: str) -> bool:
    return len(text.split()) == 1 and _has_head(text)


def _is_slash_between_names(left: str, right: str, doubts: list[str]) -> bool:
    """Whether a slash without spaces is between two names, and not in one such as "duty/tax office"."""
    if _is_acronym(left) and _is_acronym(right):
        return True
    if not _can_be_name(left) and not _can_be_name(right):
        return False
    if _can_be_name(left) and _can_be_name(right) and min(len(left.split()), len(right.split())) > 1:
        return True
    doubts.append(_two_names(left, right))
    return False


def _is_comma_between_names(left: str, right: str, doubts: list[str], *, in_name: bool) -> bool:
    """Whether a comma separates names; it does not do so in an enumeration inside of one."""
    if in_name and right[:1].islower() and not _begins_small(right):
        doubts.append(_two_names(left, right))
    if not in_name and not _is_about(left) and wordings().ends(left, "posts") and _has_head(right):
        doubts.append(_one_name(left, right))
    return not in_name


def _one_name(left: str, right: str) -> str:
    return f"'{left}' and '{right}' may be one name; they were taken for two."


def _two_names(left: str, right: str) -> str:
    return f"'{left}' and '{right}' may be two names; they were kept as one."


def _begins_with_head(text: str) -> bool:
    """Whether a text is a name as "Ministry of Finance" is, which does not go on with a name before it."""
    words = plain(text).split()
    return bool(words) and words[0] in wordings().plainly("heads") and _is_about(text)


def _is_open_text(text: str) -> bool:
    return wordings().begins(text, "open_begins") or wordings().is_one_of(text, "open_whole")


def _begins_small(text: str) -> bool:
    words = plain(text).split()
    return bool(words) and text[:1].islower() and words[0] in wordings().plainly("prepositions")


def _can_be_name(text: str) -> bool:
    """Whether a piece can be the name of a body or programme by itself: it has a noun of such, or is an acronym."""
    return _has_head(text) or _is_acronym(text) or _is_open_text(text)


def _has_head(text: str) -> bool:
    return not wordings().plainly("heads").isdisjoint(plain(text).split())


def _is_acronym(text: str) -> bool:
    return bool(_ACRONYM.match(_BRACKET.sub("", text)))


def _is_about(text: str) -> bool:
    """Whether a name ends in what it is about: "Committee on Trade"."""
    words = plain(text).split()
    heads = [at for at, word in enumerate(words) if word in wordings().plainly("heads")]
    return bool(heads) and any(word in _small_words() for word in words[heads[0] + 1 :])
