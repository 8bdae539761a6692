"""Decisions on findings, in a file of one decision a line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp_graph.errors import InputSyntaxError
from ecp_graph.namespaces import names
from ecp_graph.overlap.decisions import COLUMNS, DECISIONS, OverlapDecision, read_decisions, written_decisions

HASH: Final = "0f" * 32
DECISION: Final = OverlapDecision(
    finding=f"{names().id}overlap/body-ptc--body-tfawg--action-ecp3-3",
    decision="coordinate",
    reason="One conference, two hosts",
    by="Jo Reviewer",
    date="2031-05-01T09:30:00Z",
    evidence=HASH,
    lead=f"{names().id}body/ptc",
    role="secretariat",
    parts=("kind=programme", "on=instrument:transit-guidelines", "text=0f0f0f0f0f0f row 3 of table 1"),
)
WORDS: Final = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)


def _written(path: Path, *decisions: OverlapDecision) -> Path:
    path.write_bytes(written_decisions(decisions))
    return path


def test_a_line_a_decision_in_the_order_of_the_findings(tmp_path: Path) -> None:
    other = replace(DECISION, finding=f"{names().id}overlap/body-imsc--body-ptc--action-ecp3-16", decision="dismissed")
    path = _written(tmp_path / "overlaps.tsv", DECISION, other)
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    assert head.split("\t") == list(COLUMNS)
    assert [line.split("\t")[:3] for line in lines] == [
        ["overlap:body-imsc--body-ptc--action-ecp3-16", "dismissed", "body:ptc"],
        ["overlap:body-ptc--body-tfawg--action-ecp3-3", "coordinate", "body:ptc"],
    ]
    assert read_decisions(path) == (other, DECISION)
    assert read_decisions(tmp_path / "none.tsv") == ()


@given(reason=WORDS, by=WORDS, role=st.just("") | WORDS, decision=st.sampled_from(DECISIONS))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, reason: str, by: str, role: str, decision: str
) -> None:
    given_ = replace(DECISION, reason=reason, by=by, role=role, decision=decision)
    path = _written(tmp_path_factory.getbasetemp() / "again.tsv", given_)
    in_one_line = {name: " ".join(getattr(given_, name).split()) for name in ("reason", "by", "role")}
    assert read_decisions(path) == (replace(given_, **in_one_line),)
    assert len(path.read_bytes().splitlines()) == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("coordinate", "maybe", "tsv:2: the decision is 'maybe', but must be one of confirmed, dismissed"),
        ("One conference, two hosts", "", "tsv:2: reason is empty; a decision says who decided, when and why."),
        ("2031-05-01T09:30:00Z", "May 2031", "tsv:2: the date is 'May 2031'; write it as 2031-05-01T09:30:00Z."),
        ("body:ptc", "the PTC", "tsv:2: the lead is 'the PTC', which is neither an IRI nor a CURIE of the workspace."),
        (HASH, "0f", "tsv:2: the evidence is no SHA-256"),
        ("reason\t", "why\t", "tsv:1: the columns reason are missing."),
        ("secretariat\t", "secretariat\t\t\t\t\t", "tsv:2: the line has 13 cells, and the head 9."),
    ],
)
def test_a_line_that_is_no_decision_is_refused_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = _written(tmp_path / "overlaps.tsv", DECISION)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputSyntaxError) as refusal:
        read_decisions(path)
    assert message in str(refusal.value)


def test_two_decisions_on_one_finding_are_refused(tmp_path: Path) -> None:
    path = _written(tmp_path / "overlaps.tsv", DECISION, replace(DECISION, decision="merge"))
    with pytest.raises(InputSyntaxError, match="lines 2 and 3 are on one finding"):
        read_decisions(path)
