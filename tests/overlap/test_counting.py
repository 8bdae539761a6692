"""What makes two bodies meet, counted and told in words."""

from __future__ import annotations

from pathlib import Path

from ecp_graph.engine import Engine
from ecp_graph.overlap.counting import (
    CELLS,
    PAIRS,
    RELATIONS,
    WRITTEN_CODES,
    Meeting,
    causes_in_words,
    count_marks,
    meetings,
    relations,
    words_of_causes,
    written_codes,
)
from ecp_graph.queries.catalogue import parse_query
from tests.queries.asking import ask_rows, bundled_catalogue

WORDS = {"action": ("row", "rows"), "theme": ("theme", "themes")}
PAIR = {
    "memberA": "u:a",
    "memberB": "u:b",
    "bodyA": "AWG",
    "bodyB": "B",
    "meetOn": "2 rows",
    "gradeA": "0",
    "gradeB": "2",
}


def _rows(engine: Engine, name: str) -> list[dict[str, str]]:
    header, *rows = ask_rows(engine, bundled_catalogue()[name], {})
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_causes_are_told_in_words() -> None:
    counts = count_marks([("theme", 1), ("action", 2), ("action", 1), ("visit", 2)], WORDS)
    assert list(counts.items()) == [("action", 3), ("theme", 1), ("visit", 2)]
    assert (
        causes_in_words(counts, WORDS) == "3 rows, 1 theme, 2 visit"
    )  # a word that the header lacks stands for itself
    assert causes_in_words({}, WORDS) == ""


def test_words_come_from_the_header_of_the_query() -> None:
    column = '{name: causeKind, meaning: cause, values: {action: "Zeile, Zeilen", x: }}'
    text = f"#+ summary: cells?\n#+ columns:\n#+   - {column}\n"
    query = parse_query(f"{text}SELECT ?causeKind WHERE {{ }}", Path("cells.rq"), Path())
    assert words_of_causes(query) == {"action": ("Zeile", "Zeilen"), "x": ("x", "x")}


def test_a_pair_is_told_with_its_relation_and_the_codes_of_the_document() -> None:
    row = {"lower": "u:a", "upper": "u:b", "lowerCode": "AWG", "upperCode": "B", "relation": "reports to"}
    written = written_codes([{"thing": "u:a", "code": "AWG", "written": "A WG"}])
    related = relations([row | {"certainty": "external"}] * 2, written)
    (found,) = meetings([PAIR], written, related)
    assert not found.is_between_peers
    assert found.sentence == "A WG and B: 2 rows; grade B at best; A WG reports to B (external)"
    (peers,) = meetings([PAIR], {}, {})
    assert peers.is_between_peers
    assert peers.sentence == "AWG and B: 2 rows; grade B at best"


def test_pairs_of_the_bundled_plan(engine: Engine) -> None:
    written = written_codes(_rows(engine, WRITTEN_CODES))
    found = meetings(_rows(engine, PAIRS), written, relations(_rows(engine, RELATIONS), written))
    told = [meeting.sentence for meeting in found]
    assert "PTC and TFA WG: 3 rows, 1 joint session, 1 theme; grade B at best; TFA WG reports to PTC (external)" in told
    assert told[0] == "IMSC and TFA WG: 1 theme; grade D at best"
    peers = [meeting.is_between_peers for meeting in found]
    assert 0 < sum(peers) < len(peers)
    assert peers == sorted(peers, reverse=True), "peers first"
    assert all(isinstance(meeting, Meeting) and meeting.meet_on for meeting in found)


def test_the_query_of_pairs_tells_causes_as_the_header_of_cells_does(engine: Engine) -> None:
    words = words_of_causes(bundled_catalogue()[CELLS])
    causes = ("actions", "sessions", "decisions", "instruments", "themes", "similar")
    columns = dict(zip(causes, words, strict=True))
    rows = _rows(engine, PAIRS)
    assert len(rows) > 5
    for row in rows:
        counts = {cause: int(row[column]) for column, cause in columns.items() if int(row[column])}
        assert causes_in_words(counts, words) == row["meetOn"]
