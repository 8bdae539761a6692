"""The words of passages, found in copies of a document by position and hash, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ecp_graph.documents.blocks import Block
from ecp_graph.documents.reading import read_document
from ecp_graph.documents.text import normalised, text_hash
from ecp_graph.documents.words import Anchor, DocumentText, find_words, words_in
from tests.documents.papers import HARBOUR, Part, as_pdf, as_text, as_word

WRITERS = pytest.mark.parametrize(
    ("write", "suffix"), [(as_text, ".txt"), (as_word, ".docx"), pytest.param(as_pdf, ".pdf", marks=pytest.mark.slow)]
)
Writer = Callable[[Sequence[Part], Path], Path]


def anchors_of(paper: Sequence[Part]) -> list[Anchor]:
    """Return a passage for each paragraph and each row, named by its number among them."""
    found: list[Anchor] = []
    at = 0
    for part in paper:
        for text in [part] if isinstance(part, str) else ["".join(row) for row in part]:
            length = len(normalised(text))
            found.append(Anchor(str(len(found)), at, at + length, text_hash(text)))
            at += length
    return found


def changed(paper: Sequence[Part], old: str, new: str) -> list[Part]:
    """Return the paper with other words in one part."""
    return [
        part.replace(old, new) if isinstance(part, str) else [[text.replace(old, new) for text in row] for row in part]
        for part in paper
    ]


@WRITERS
def test_every_passage_is_found_in_every_format(write: Writer, suffix: str, tmp_path: Path) -> None:
    path = write(HARBOUR, tmp_path / f"harbour{suffix}")
    found = find_words(path, anchors_of(HARBOUR))
    assert found.orphans == {}
    assert len(found.words) == 10
    assert [block.text for block in found.words["5"]] == [
        "1",
        "Measure the noise of each quay",
        "Harbour board",
        "2031",
    ] or suffix == ".txt"
    if suffix != ".txt":
        assert [(block.row, block.column) for block in found.words["6"]] == [(3, 1), (3, 2), (3, 3)]


@WRITERS
def test_words_before_all_others_move_them_and_lose_none(write: Writer, suffix: str, tmp_path: Path) -> None:
    path = write(["A note of the printer", *HARBOUR], tmp_path / f"harbour{suffix}")
    found = find_words(path, anchors_of(HARBOUR))
    assert found.orphans == {}
    assert [block.text for block in found.words["0"]] == [
        "Plan of the harbour" if suffix != ".txt" else "Plan of\nthe harbour"
    ]


@WRITERS
@pytest.mark.parametrize(("old", "new", "passage"), [("horns", "bells", "3"), ("hornbeam", "Hornbeam", "6")])
def test_a_changed_word_loses_its_passage_alone(
    write: Writer, suffix: str, tmp_path: Path, old: str, new: str, passage: str
) -> None:
    path = write(changed(HARBOUR, old, new), tmp_path / f"harbour{suffix}")
    found = find_words(path, anchors_of(HARBOUR))
    assert set(found.orphans) == {passage}
    assert len(found.words) == 9
    assert "no place" in found.orphans[passage]


def test_other_white_space_dashes_and_quotes_lose_nothing() -> None:
    paper = changed(
        HARBOUR, "harbour’s board wants quieter quays – by", "har bour's board\u00a0wants\nquieter quays - by"
    )
    document = DocumentText([Block(part) for part in paper if isinstance(part, str)])
    found = words_in(document, anchors_of(HARBOUR)[:3])
    assert "har bour's board\u00a0wants\nquieter" in found.words["1"][0].text


def test_the_same_words_are_told_apart_by_the_passages_around_them() -> None:
    anchors = anchors_of(HARBOUR)
    document = DocumentText(Block(text) for text in ["A note", *(p for p in HARBOUR if isinstance(p, str))])
    assert words_in(document, anchors).words["2"] == (Block("Quays"),)
    first, second = (anchor for anchor in anchors if anchor.text_hash == text_hash("Quays"))
    without_first = ["A note", *(part for part in HARBOUR if isinstance(part, str))]
    without_first.remove("Quays")
    found = words_in(DocumentText(map(Block, without_first)), anchors)
    assert "between other passages" in found.orphans[first.passage]
    assert found.words[second.passage] == (Block("Quays"),)


def test_words_inside_others_are_no_heading() -> None:
    anchors = anchors_of(HARBOUR)
    moved = ["2. Ships of the north quay sound their horns in fog only.", "Seen from the Quays in May."]
    found = words_in(DocumentText(map(Block, moved)), [anchors[2]])
    assert found.words  # nothing else is known that it could contradict
    found = words_in(DocumentText(map(Block, moved)), anchors[2:4])
    assert set(found.orphans) == {"2"}


def test_two_places_in_one_gap_are_not_chosen_from() -> None:
    document = DocumentText(
        map(Block, ["A note", "Quays", "Quays", "2. Ships of the north quay sound their horns in fog only."])
    )
    found = words_in(document, anchors_of(HARBOUR)[2:4])
    assert "several places" in found.orphans["2"]


@pytest.mark.parametrize("place", [(-3, 4), (5, 5), (9, 4), (0, 10**9)])
def test_a_position_outside_the_text_is_not_found(place: tuple[int, int]) -> None:
    found = words_in(DocumentText([Block("Plan of the harbour")]), [Anchor("x", *place, text_hash(""))])
    assert set(found.orphans) == {"x"}


def test_letters_beyond_ascii_count_as_one() -> None:
    document = DocumentText([Block("Été ☀ 日本"), Block("naïve")])
    found = words_in(document, [Anchor("x", 6, 11, text_hash("naïve")), Anchor("y", 1, 4, text_hash("Été"))])
    assert found.words == {"x": (Block("naïve"),), "y": (Block("Été"),)}


def test_a_document_is_its_blocks_in_order(tmp_path: Path) -> None:
    blocks = read_document(as_word(HARBOUR, tmp_path / "harbour.docx"))
    assert normalised("".join(block.text for block in blocks)) == DocumentText(blocks).text
