"""The lexer: every kind of token, what is never closed, and a cost that grows with the text alone."""

from __future__ import annotations

import re
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp_graph.sparql.text import (
    declared_prefixes,
    every_token,
    first_keyword,
    marks,
    position,
    query_start,
    tokens,
    unescape,
)
from tests.growth import LINEAR, exponent


def read(text: str) -> list[str]:
    """The tokens as ``kind text``."""
    return [f"{token.kind} {token.text}" for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("<http://x/#a>", ["iri <http://x/#a>"]),
        ("<u:\\u00e9\\U0001F600>", ["iri <u:\\u00e9\\U0001F600>"]),
        ("<>", ["iri <>"]),
        ("'a' \"b\"", ["string 'a'", 'string "b"']),
        ("'' \"\"", ["string ''", 'string ""']),
        ("'it\\'s' \"#\"", ["string 'it\\'s'", 'string "#"']),
        ("'''a'b''c\n'''", ["string '''a'b''c\n'''"]),
        ('"""a"b""c\n\\""""', ['string """a"b""c\n\\""""']),
        ("''''''", ["string ''''''"]),
        ("?a $b ?1 ?na\u0131\u0308ve", ["variable ?a", "variable $b", "variable ?1", "variable ?na\u0131\u0308ve"]),
        ("'a'@en-GB", ["string 'a'", "language @en-GB"]),
        ("_:a.b. _:c", ["blank _:a.b", "mark .", "blank _:c"]),
        ("ex:a : :b p-plan:c.d. x.y:z", ["name ex:a", "name :", "name :b", "name p-plan:c.d", "mark .", "name x.y:z"]),
        ("ex:.a", ["name ex:", "mark .", "word a"]),
        ("ex:a\\#b\\.c%20:d", ["name ex:a\\#b\\.c%20:d"]),
        ("SELECT a _b", ["word SELECT", "word a", "word _b"]),
        ("a.b-c.1d", ["word a", "mark .", "word b", "mark -", "word c", "number .1", "word d"]),
        ("1 1.5 .5 1e5 1.e-5 2.5E+3", [f"number {n}" for n in ("1", "1.5", ".5", "1e5", "1.e-5", "2.5E+3")]),
        ("1.a 1SERVICE", ["number 1", "mark .", "word a", "number 1", "word SERVICE"]),
        ("{([])}", [f"mark {bracket}" for bracket in "{([])}"]),
        ("^^ && \\ \ud800", ["mark ^", "mark ^", "mark &", "mark &", "mark \\", "mark \ud800"]),
        ("a#b <c> 'd'\nf#g\rh # i", ["word a", "word f", "word h"]),
        ("", []),
    ],
)
def test_tokens(text: str, read_as: list[str]) -> None:
    assert read(text) == read_as


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("?a<?b", ["variable ?a", "mark <", "variable ?b"]),
        ("?a < ?b && 1 >", ["variable ?a", "mark <", "variable ?b", "mark &", "mark &", "number 1", "mark >"]),
        ("?a<=?b", ["variable ?a", "mark <", "mark =", "variable ?b"]),
        ("?a<'b'||2>1", ["variable ?a", "mark <", "string 'b'", "mark |", "mark |", "number 2", "mark >", "number 1"]),
        ("?a<?b&&?c>1", ["variable ?a", "iri <?b&&?c>", "number 1"]),
        ("<a b>", ["mark <", "word a", "word b", "mark >"]),
        ("<a\\n>", ["mark <", "word a", "mark \\", "word n", "mark >"]),
    ],
)  # fmt: skip
def test_a_smaller_than_begins_an_iri_where_one_can_be_read(text: str, read_as: list[str]) -> None:
    assert read(text) == read_as


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("'a }\n}", ["unclosed 'a }", "mark }"]),
        ('"a\\" }\r}', ['unclosed "a\\" }', "mark }"]),
        ("'''a' }\n}''", ["unclosed '''a' }\n}''"]),
        ('"""', ['unclosed """']),
        ("'", ["unclosed '"]),
        ("'\\", ["unclosed '", "mark \\"]),
        ("''''", ["unclosed ''''"]),
    ],
)
def test_a_string_without_its_end_goes_to_that_of_the_line_or_the_text(text: str, read_as: list[str]) -> None:
    assert read(text) == read_as


def test_comments_and_space_are_tokens_too() -> None:
    found = [(token.kind, token.start, token.text) for token in every_token("ASK \t#c\r\n{}", 3)]
    assert found == [
        ("space", 3, " \t"), ("comment", 5, "#c"), ("space", 7, "\r\n"), ("mark", 9, "{"), ("mark", 10, "}"),
    ]  # fmt: skip


def test_keywords_are_words_of_plain_letters() -> None:
    assert [token.keyword for token in tokens("select \u017fervice ?ask 'ask' ask:ask ASK")] == [
        "SELECT", "", "", "", "", "ASK",
    ]  # fmt: skip


PIECES = [
    "SELECT", "service ", "a.", "a-b.", "a:", "ex:a", "_:", "_:b", ":", "::", "%", "1", "1.", "1e", ".", "..", "-", "?",
    "?x", "$", "<", "<a", "<a>", "<\\u0041", ">", "'", '"', "'''", '"""', '"""a', "'\\", '"\\', '"""\\', "'''\\", "\\",
    "\\u0041", "#", "#a\n", "\n", "\r", " ", "\u00a0", "\u00e9", "\u017f", "\ud800", "{", "}", "(", ")", "[", "]", ",",
    ";", "@en", "@en-", "PREFIX a:<x>", "PREFIX a:", "BASE<", "VERSION'", "&&", "x{",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text())
def test_the_tokens_together_are_the_text(text: str) -> None:
    found = list(every_token(text))
    assert "".join(token.text for token in found) == text
    assert all(text.startswith(token.text, token.start) for token in found)
    assert all(token.text for token in found)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_marks_are_those_of_the_tokens(text: str) -> None:
    """But for what only a lexer of names and numbers tells: dots, and what is escaped with a backslash."""
    plain = text.replace("\\", "").replace(".", "")
    separators = [token.text for token in tokens(plain) if token.kind == "mark" and token.text in "{}()[];,"]
    assert [mark for mark in marks(plain) if mark] == separators


@pytest.mark.parametrize(
    ("text", "prefixes", "rest"),
    [
        ("SELECT", set(), "SELECT"),
        ("PREFIX ecp: <u:> prefix : <v:>ASK", {"ecp", ""}, "ASK"),
        ("PREFIX#c\na:#c\n<u:>#c\nBASE<u:>VERSION '1.2' ASK", {"a"}, "ASK"),
        ("# prefix ecp: is declared by the engine\nASK", set(), "ASK"),
        ("# PREFIX ecp: <u:>\nPREFIX a: <u:> # PREFIX skos: <v:>\nASK", {"a"}, "ASK"),
        ("PREFIX a: <u:#> ASK { 'PREFIX b: <u:>' PREFIX c: <u:> }", {"a"}, "ASK { 'PREFIX b: <u:>' PREFIX c: <u:> }"),
        ("PREFIX a: <not an IRI> ASK", {"a"}, "ASK"),
        ("PREFIX a <u:> ASK", set(), "PREFIX a <u:> ASK"),
        ("PRE\ufb01X a: <u:> ASK", set(), "PRE\ufb01X a: <u:> ASK"),
        ("BA\u017fE <u:> ASK", set(), "BA\u017fE <u:> ASK"),
        (" # nothing", set(), ""),
    ],
)
def test_the_prologue(text: str, prefixes: set[str], rest: str) -> None:
    assert declared_prefixes(text) == prefixes
    assert text[query_start(text) :] == rest


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("SELECT * {}", "SELECT"),
        ("  # INSERT\n ask {}", "ASK"),
        ("PREFIX select: <http://x/delete#> BASE <http://y/>\nPREFIX : <u:> CONSTRUCT {} {}", "CONSTRUCT"),
        ("prefix#c\nex:#c\n<u:>#c\ndescribe <u:a>", "DESCRIBE"),
        ("VERSION '1.2' SELECT * {}", "SELECT"),
        ("INSERT DATA {}", "INSERT"),
        ("", None),
        ("# nothing", None),
        ("{ SELECT }", None),
    ],
)
def test_first_keyword(text: str, keyword: str | None) -> None:
    assert first_keyword(text) == keyword


def test_places() -> None:
    text = "ASK\n { # c\r\n\n ?x }"
    assert position(text, 0) == (1, 1)
    assert position(text, text.index("{")) == (2, 2)
    assert position(text, text.index("?x")) == (4, 2)


def test_escapes_are_replaced_once() -> None:
    assert unescape("\\u0053\\U00000041 \\u005Cu0053 \\UFFFFFFFF \\u00") == "SA \\u0053 \\UFFFFFFFF \\u00"


def test_a_cost_that_grows_faster_than_the_text_is_noticed() -> None:
    assert exponent(re.compile(r"(?:a\.)*:|.").findall, lambda length: "a." * (length // 2), 500) > LINEAR


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("head", ["", "ASK { '''"])
def test_the_cost_grows_with_the_length_alone(piece: str, head: str) -> None:
    def read_all(text: str) -> None:
        deque(every_token(text), maxlen=0)

    for read_text in (read_all, marks, query_start, declared_prefixes, unescape):
        assert exponent(read_text, lambda length: head + piece * (length // len(piece)), 2_000) < LINEAR
