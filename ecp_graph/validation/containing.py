"""Texts that hold others, found before a query asks: it then need not compare each text with each.

Of a group such as ``{ $this ecp:responsibleText ?text . ?value skos:prefLabel ?label . FILTER (CONTAINS(?text,
STR(?label))) }`` an engine compares every text with every label. Here each text is read once, and told with the labels
in it as statements that the group is joined with. The filter stays, so the answer is the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import pyoxigraph as ox

from ecp_graph.sparql.text import Token, tokens

__all__ = ["holding", "tell_holding"]

_TEXT: Final = ox.NamedNode("urn:ecp-graph:text")
_HOLDS: Final = ox.NamedNode("urn:ecp-graph:holds")
_ONE: Final = r"(?:STR\([?$](\w+)\)|[?$](\w+))"
_FILTER: Final = re.compile(rf"FILTER\(CONTAINS\({_ONE},{_ONE}\)\)")
#: Tokens of such a filter, if both variables are inside STR.
_LONGEST: Final = 16
#: Letters by whose first ones parts are looked up.
_START: Final = 8


def tell_holding(store: ox.Store, text: str, prefixes: Mapping[str, str], graph: ox.NamedNode) -> dict[int, str]:
    """Add to a graph of a store which texts hold which, for a query, and return what to write into its text, and where.

    It goes before the filters that are told about. What is not of the form above is left as it is.
    """
    parts = list(tokens(text))
    added: dict[int, str] = {}
    for place, part in enumerate(parts):
        follows = "".join(one.keyword or one.text for one in parts[place : place + _LONGEST])
        if part.keyword != "FILTER" or not (found := _FILTER.match(follows)):
            continue
        statements = _statements(_group_before(parts, place))
        names = [name for name in found.groups() if name]
        wholes, held = (_values(store, statements, name, prefixes) for name in names)
        if wholes is not None and held is not None:
            number = len(added)
            added[part.start] = f"GRAPH {graph} {{ ?_{number} {_TEXT} ?{names[0]} ; {_HOLDS} ?{names[1]} }} "
            store.bulk_extend(_told(wholes, held, f"{graph.value}:{number}", graph))
    return added


def holding(texts: Iterable[str], parts: Iterable[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield each text with those of the parts that it holds."""
    by_start: dict[str, list[str]] = defaultdict(list)
    for part in dict.fromkeys(parts):
        by_start[part[:_START]].append(part)
    lengths = sorted({len(start) for start in by_start})
    for text in texts:
        places = ((at, by_start.get(text[at : at + length], ())) for at in range(len(text) + 1) for length in lengths)
        yield text, {part for at, some in places for part in some if text.startswith(part, at)}


def _told(
    wholes: Iterable[ox.Literal], held: Iterable[ox.Literal], name: str, graph: ox.NamedNode
) -> Iterator[ox.Quad]:
    texts, parts = _by_value(wholes), _by_value(held)
    for number, (text, some) in enumerate(holding(texts, parts)):
        if some:
            node = ox.NamedNode(f"{name}:{number}")
            yield from (ox.Quad(node, _TEXT, literal, graph) for literal in texts[text])
            yield from (ox.Quad(node, _HOLDS, literal, graph) for value in some for literal in parts[value])


def _by_value(literals: Iterable[ox.Literal]) -> dict[str, list[ox.Literal]]:
    found: dict[str, list[ox.Literal]] = defaultdict(list)
    for literal in literals:
        found[literal.value].append(literal)
    return found


def _group_before(parts: Sequence[Token], end: int) -> list[Token]:
    """Return the tokens of the group that is open at a place, up to there; of a group within it only the brackets."""
    found: list[Token] = []
    depth = 0
    for part in reversed(parts[:end]):
        depth += part.text == "}"
        if depth == 0 and part.text == "{":
            break
        if depth == 0 or part.text in {"{", "}"}:
            found.append(part)
        depth -= part.text == "{"
    return found[::-1]


def _statements(group: Iterable[Token]) -> list[list[Token]]:
    """Return the statements of a group, as far as these consist of nothing else."""
    found: list[list[Token]] = [[]]
    for token in group:
        if token.text == ".":
            found.append([])
        else:
            found[-1].append(token)
    return [one for one in found if one and all(_may_be_in_statement(token) for token in one)]


def _may_be_in_statement(token: Token) -> bool:
    return token.text == "a" if token.kind == "word" else token.text not in {"{", "}"}


def _values(
    store: ox.Store, statements: Sequence[Sequence[Token]], name: str, prefixes: Mapping[str, str]
) -> list[ox.Literal] | None:
    """Return the literals that a variable can be by the statements about the subject that has it.

    None where no statement has it, or where it can be something else than a literal.
    """
    having = [one for one in statements if any(token.kind == "variable" and token.text[1:] == name for token in one)]
    if not having:
        return None
    about = [one for one in statements if one[0].text[1:] == having[0][0].text[1:]]
    body = " . ".join(" ".join(token.text for token in one) for one in about)
    try:
        rows = store.query(f"SELECT DISTINCT ?{name} WHERE {{ {body} }}", prefixes=dict(prefixes))
    except SyntaxError:
        return None
    values = [row[0] for row in rows]  # type: ignore[union-attr]
    literals = [value for value in values if isinstance(value, ox.Literal)]
    return literals if len(literals) == len(values) else None
