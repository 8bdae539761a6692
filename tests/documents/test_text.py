"""The normalised text, its hash, and the way back to the text as it stands."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp_graph.documents.text import cut, normalised, text_hash, word_starts

#: What normalising treats apart, and letters that are composed or taken apart by it.
TEXTS = st.text(
    st.sampled_from("aé e\u0301ﬁ①´\u00a0\u2028\u00ad\u200b\ufeff‘’“”–—−\u2011\n\tㄱ\u1100\u1161\u11a8ｶﾞ가\u09c7\u09be")
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("simp lification  of\nCustoms", "simplificationofCustoms"),
        ("Members’ ‘own’ “view”", "Members'\u0027own'\u0022view\u0022"),
        ("2017–2018 — a\u00adb\u200bc \u2212 d", "2017-2018-abc-d"),
        ("ﬁle №\u00a05", "fileNo5"),
        ("cafe\u0301", "café"),
    ],
)
def test_what_layout_and_typography_change_is_gone(text: str, plain: str) -> None:
    assert normalised(text) == plain
    assert text_hash(text) == hashlib.sha256(plain.encode()).hexdigest()


@given(TEXTS)
def test_it_is_nfkc_with_plain_marks_and_without_white_space(text: str) -> None:
    marks = str.maketrans("‘’“”–—−\u2010", "''\"\"----", "\u00ad\u200b\ufeff")
    assert normalised(text) == "".join(unicodedata.normalize("NFKC", text).translate(marks).split())


@given(TEXTS, st.data())
def test_a_part_of_it_leads_back_to_the_text(text: str, data: st.DataObject) -> None:
    whole = normalised(text)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    part = cut(text, start, end)
    assert part in text
    assert part == part.strip()
    assert whole[start:end] in normalised(part)
    assert normalised(cut(text, 0, len(whole))) == whole


def test_a_part_keeps_its_white_space() -> None:
    assert cut("1. One  two\nthree – four", 2, 13) == "One  two\nthree"
    assert cut("ﬁne", 0, 1) == "ﬁ"
    assert cut("one", 3, 3) == ""


def test_words_and_lines_begin() -> None:
    assert list(word_starts("one two\n  three")) == [(0, True), (3, False), (6, True)]
    assert list(word_starts(" \u200b ")) == []
