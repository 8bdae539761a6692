"""What people decided of names, in a file of one decision a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecp_graph.errors import InputSyntaxError
from ecp_graph.plans.matching import Decision, Known, Register, read_decisions, write_decisions
from tests.bundled import ID

SAME = Decision("P.T.C.", f"{ID}body/ptc", True, "A. Analyst", "2026-11-29", 'the minutes call it "PTC"')
OTHER = Decision(
    "Policy\tCommittee", f"{ID}body/pc", False, "B. Analyst", "2026-11-28", "a commission,\nnot a committee"
)
HEAD = (
    "subject_label\tsubject_type\tpredicate_id\tpredicate_modifier\tobject_id\tobject_label\tmapping_justification\t"
    "author_label\tmapping_date\tcomment"
)


def line(text: str, modifier: str = "", thing: str = "body:ptc", comment: str = "said so") -> str:
    cells = [
        text,
        "rdfs literal",
        "skos:exactMatch",
        modifier,
        thing,
        "",
        "semapv:ManualMappingCuration",
        "A",
        "2026-11-29",
    ]
    return "\t".join([*cells, comment])


def test_decisions_are_one_line_each_and_sorted(tmp_path: Path) -> None:
    path = tmp_path / "decisions" / "matches.sssom.tsv"
    assert read_decisions(path) == ()
    write_decisions(path, [SAME, OTHER, SAME])
    rows = [row for row in path.read_text(encoding="utf-8").splitlines() if not row.startswith("#")]
    assert rows[0] == HEAD
    assert [row.split("\t")[0] for row in rows[1:]] == ["P.T.C.", "Policy Committee"]
    assert rows[2].split("\t")[2:5] == ["skos:exactMatch", "Not", "body:pc"]
    read = read_decisions(path)
    assert read[0] == SAME
    assert (read[1].subject_label, read[1].comment) == ("Policy Committee", "a commission, not a committee")
    written = path.read_bytes()
    write_decisions(path, reversed(read))
    assert path.read_bytes() == written
    assert [each.name for each in path.parent.iterdir()] == [path.name], "nothing is left behind"


def test_a_file_by_hand_is_read_with_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "matches.sssom.tsv"
    path.write_text(f"#license: CC0\n{HEAD}\n{line('PTC')}\n\n{line('ptc work', 'Not')}\n", encoding="utf-8-sig")
    assert [(each.line, each.is_same, each.object_id) for each in read_decisions(path)] == [
        (3, True, f"{ID}body/ptc"),
        (5, False, f"{ID}body/ptc"),
    ]


@pytest.mark.parametrize(
    ("rows", "at", "told"),
    [
        ([line("PTC"), line("pc"), line("ptc", "Not")], 4, "lines 2 and 4 contradict each other"),
        ([line("PTC", comment=" ")], 2, "comment is empty"),
        ([line("PTC", "not")], 2, "the modifier is 'not'"),
        ([line("PTC").replace("exact", "close")], 2, "must be skos:exactMatch"),
        ([line("PTC") + "\tmore"], 2, "the line has 11 cells"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, rows: list[str], at: int, told: str) -> None:
    path = tmp_path / "matches.sssom.tsv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    with pytest.raises(InputSyntaxError, match=told) as caught:
        read_decisions(path)
    assert caught.value.line == at
    path.write_text("subject_label\tobject_id\n", encoding="utf-8")
    with pytest.raises(InputSyntaxError, match="the columns predicate_id, author_label, mapping_date, comment are"):
        read_decisions(path)


def test_contradicting_decisions_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "matches.sssom.tsv"
    write_decisions(path, [SAME])
    before = path.read_bytes()
    against = Decision(SAME.subject_label, SAME.object_id, False, "B", "2026-11-30", "no")
    with pytest.raises(InputSyntaxError, match="contradict each other"):
        write_decisions(path, [SAME, against])
    assert path.read_bytes() == before


def test_a_text_is_the_same_as_one_thing_of_a_kind(tmp_path: Path) -> None:
    path = tmp_path / "matches.sssom.tsv"
    path.write_text("\n".join([HEAD, line("PTC"), line("The PTC", thing="body:pc")]) + "\n", encoding="utf-8")
    known = [Known(f"{ID}{name}", "", name.partition("/")[0], ((name, "en"),)) for name in ("body/ptc", "body/pc")]
    with pytest.raises(InputSyntaxError, match="lines 2 and 3 contradict each other") as caught:
        Register(known, read_decisions(path))
    assert caught.value.line == 3
    assert Register(known[:1], read_decisions(path)).match("PTC", "body").is_sure
    path.write_text("\n".join([HEAD, line("The PTC", "Not"), line("PTC")]) + "\n", encoding="utf-8")
    with pytest.raises(InputSyntaxError, match="lines 2 and 3 contradict each other"):
        Register(known, read_decisions(path))
