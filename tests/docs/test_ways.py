"""The page of ways has the questions that the browser tests ask."""

from __future__ import annotations

from tools.ways_docs import PAGE, page


def test_the_page_of_ways_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run: python -m tools.ways_docs"
    assert text.count("| `ecp-graph ") >= 24
