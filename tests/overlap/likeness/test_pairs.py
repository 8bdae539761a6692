"""The labelled pairs, and what the rules make of them."""

from __future__ import annotations

import hashlib
import random
from collections import Counter

import pytest
import yaml

from tools.overlap_scores import DUPLICATES, HALVES, LABELS, NEIGHBOURS, PAGE, PAIRS, Half, half, page, pairs


def test_the_pairs_are_at_least_320_and_each_half_has_each_label() -> None:
    assert sum(len(pairs(name)) for name in HALVES) >= 320
    for name in HALVES:
        counts = Counter(pair.label for pair in pairs(name))
        assert set(counts) == set(LABELS)
        assert min(counts.values()) >= 10


def half_of(title: str) -> str:
    return HALVES[hashlib.sha256(title.encode()).digest()[1] % 2]


@pytest.mark.parametrize("name", HALVES)
def test_a_pair_is_in_the_half_that_the_hash_of_its_title_says(name: str) -> None:
    titles = [pair["a"]["title"] for pair in yaml.safe_load((PAIRS / f"{name}.yaml").read_text(encoding="utf-8"))]
    assert {half_of(title) for title in titles} == {name}
    assert len({half_of(f"{title}, and another") for title in titles}) == 2, "a planted one"


@pytest.mark.parametrize("name", HALVES)
def test_what_is_called_duplication_or_overlap_is_right_often_enough(name: str) -> None:
    one = half(name)
    strong, neighbours = ("duplication", "overlap"), (*DUPLICATES, *NEIGHBOURS)
    assert one.called(strong[:1], DUPLICATES) >= 0.9 * one.called(strong[:1]) > 5
    assert one.called(strong, neighbours) >= 0.75 * one.called(strong)
    assert one.called(strong, ("easy", "renamed")) >= 0.7 * one.count(("easy", "renamed"))
    assert one.called(strong, ("hard",)) >= 0.45 * one.count(("hard",))
    assert one.called(strong[:1], ("look-alike",)) <= 0.05 * one.count(("look-alike",))


def test_figures_fall_when_labels_are_shuffled() -> None:
    one = half("tuning")
    shuffled = Half("tuning")
    labels = [pair.label for pair in one.pairs]
    random.Random(1).shuffle(labels)
    shuffled.pairs = [type(p)(label, p.a, p.b) for label, p in zip(labels, one.pairs, strict=True)]
    assert shuffled.called(("duplication",), DUPLICATES) < 0.9 * shuffled.called(("duplication",))


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run: python -m tools.overlap_scores"
