"""The words of passages, found in a copy of their document by position or by the hash of their normalised text.

A passage is first looked for where its document says. In a copy in another format it stands elsewhere: every window
of its length that begins and ends with a word is tried. Its hash has to hold; nothing is found by likeness.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Final

from ecp_graph.documents.blocks import Block
from ecp_graph.documents.breaks import without_page_breaks
from ecp_graph.documents.reading import blocks_of, called_on_document
from ecp_graph.documents.text import cut, normalised, word_starts

__all__ = ["Anchor", "DocumentText", "Found", "find_words", "words_in"]

_NOWHERE: Final = "no place in this copy holds these words"
_ELSEWHERE: Final = "the same words stand in this copy, but between other passages"
_SEVERAL: Final = "this copy holds the same words in several places"


@dataclass(frozen=True)
class Anchor:
    """Where a passage (IRI) stands: characters of its document's normalised text, and the hash of its own."""

    passage: str
    start: int
    end: int
    text_hash: str


@dataclass(frozen=True)
class Found:
    """The parts of each passage that was found, as they stand in the copy, and why each other one was not."""

    words: Mapping[str, tuple[Block, ...]]
    orphans: Mapping[str, str]


def find_words(path: Path, anchors: Sequence[Anchor]) -> Found:
    """Return the words of passages in a copy of their document.

    The parts of a passage are its paragraphs, or its cells. Raises as `ecp_graph.documents.reading.read_document`.
    """
    return called_on_document(_find_words, path, list(anchors))


def words_in(document: DocumentText, anchors: Sequence[Anchor]) -> Found:
    """Return the same for a document that was read."""
    # passages of one position are one place to look for
    at = _places(document, {_position(anchor) for anchor in anchors})
    words, orphans = dict[str, tuple[Block, ...]](), dict[str, str]()
    for anchor in anchors:
        place = at[_position(anchor)]
        if isinstance(place, str):
            orphans[anchor.passage] = place
        else:
            words[anchor.passage] = document.parts(*place)
    return Found(words, orphans)


def _find_words(path: Path, anchors: Sequence[Anchor]) -> Found:
    """Return what is found in the text as it stands, and else in the text without page breaks."""
    blocks = blocks_of(path)
    found = words_in(DocumentText(blocks), anchors)
    if not found.orphans or (unbroken := without_page_breaks(blocks)) == blocks:
        return found
    inner = words_in(DocumentText(unbroken), anchors)
    words = {**inner.words, **found.words}
    return Found(words, {passage: reason for passage, reason in found.orphans.items() if passage not in words})


class DocumentText:
    """The normalised text of a document's blocks, one after the other, with the way back to the blocks."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self.blocks = list(blocks)
        texts = [normalised(block.text) for block in self.blocks]
        self.text = "".join(texts)
        self._begins = list(accumulate(map(len, texts), initial=0))
        self._bytes = self.text.encode()
        self._byte_at = None if self.text.isascii() else _byte_places(self.text)
        starts = [
            (begin + at, is_line)
            for begin, block in zip(self._begins, self.blocks, strict=False)
            for at, is_line in word_starts(block.text)
        ]
        #: Where words begin, and the end of the text, in characters of the normalised text.
        self.word_starts = [at for at, _ in starts] + [len(self.text)]
        #: Of these, where lines begin.
        self.line_starts = {at for at, is_line in starts if is_line} | {len(self.text)}

    def hash_of(self, start: int, end: int) -> str:
        """Return the SHA-256 of a part of the normalised text, in hexadecimal digits."""
        return hashlib.sha256(self._bytes_of(start, end)).hexdigest()

    def parts(self, start: int, end: int) -> tuple[Block, ...]:
        """Return what stands between two positions of the normalised text, with the white space that it has there."""
        found = []
        for number in range(bisect_right(self._begins, start) - 1, bisect_left(self._begins, end)):
            block, begin = self.blocks[number], self._begins[number]
            text = cut(block.text, max(start - begin, 0), min(end, self._begins[number + 1]) - begin)
            if text:
                found.append(replace(block, text=text))
        return tuple(found)

    def places(self, hashes: Iterable[tuple[int, str]]) -> dict[str, list[tuple[int, int]]]:
        """Return where a window of words has a length and hash, for each hash that is found, in order.

        Windows of whole lines come first: other places with the same words are then words inside others.
        """
        wanted = {(length, text_hash) for length, text_hash in hashes if length > 0}
        found = self._windows(wanted, sorted(self.line_starts))
        return found | self._windows({pair for pair in wanted if pair[1] not in found}, self.word_starts)

    def _windows(self, wanted: Iterable[tuple[int, str]], edges: Sequence[int]) -> dict[str, list[tuple[int, int]]]:
        """Return the same for windows that begin and end at one of these edges."""
        by_length = defaultdict[int, set[str]](set)
        for length, text_hash in wanted:
            by_length[length].add(text_hash)
        found = defaultdict[str, list[tuple[int, int]]](list)
        ends = frozenset(edges)
        for length, of_length in by_length.items():
            for start in edges:
                if start + length in ends and (known := self.hash_of(start, start + length)) in of_length:
                    found[known].append((start, start + length))
        return dict(found)

    def _bytes_of(self, start: int, end: int) -> bytes:
        at = self._byte_at
        return self._bytes[at[start] : at[end]] if at else self._bytes[start:end]


def _byte_places(text: str) -> list[int]:
    return list(accumulate((len(character.encode()) for character in text), initial=0))


def _position(anchor: Anchor) -> Anchor:
    return replace(anchor, passage="")


def _places(document: DocumentText, anchors: Collection[Anchor]) -> dict[Anchor, tuple[int, int] | str]:
    """Return where each passage stands, or why it is not found; each of them has a position of its own."""
    at: dict[Anchor, tuple[int, int]] = {}
    missing: dict[Anchor, str] = {}
    for anchor in anchors:
        is_inside = 0 <= anchor.start < anchor.end <= len(document.text)
        if is_inside and document.hash_of(anchor.start, anchor.end) == anchor.text_hash:
            at[anchor] = (anchor.start, anchor.end)
    left = sorted((anchor for anchor in anchors if anchor not in at), key=lambda anchor: anchor.start)
    alike = Counter(anchor.text_hash for anchor in anchors)
    places = document.places((anchor.end - anchor.start, anchor.text_hash) for anchor in left)
    unsure = []
    for anchor in left:
        found = places.get(anchor.text_hash, [])
        if not found:
            missing[anchor] = _NOWHERE
        elif len(found) == alike[anchor.text_hash] == 1 and document.line_starts.issuperset(found[0]):
            at[anchor] = found[0]
        else:
            unsure.append(anchor)
    taken = set(at.values())
    for (text_hash, lower, upper), among in _gaps(unsure, at).items():
        free = (place for place in places[text_hash] if place not in taken)
        inside = [place for place in free if lower <= place[0] and place[1] <= upper]
        if len(inside) == len(among):
            at |= zip(among, inside, strict=True)
        else:
            missing |= dict.fromkeys(among, _SEVERAL if inside else _ELSEWHERE)
    return at | missing


def _gaps(
    unsure: Iterable[Anchor], at: Mapping[Anchor, tuple[int, int]]
) -> dict[tuple[str, float, float], list[Anchor]]:
    """Return the passages of one hash that stand between the same passages that were found, with the gap's bounds."""
    gaps = defaultdict[tuple[str, float, float], list[Anchor]](list)
    for anchor in unsure:
        before = max((known for known in at if known.end <= anchor.start), key=lambda known: known.end, default=None)
        after = min((known for known in at if known.start >= anchor.end), key=lambda known: known.start, default=None)
        around = [place for known, place in at.items() if known.start <= anchor.start and known.end >= anchor.end]
        lower = max([at[before][1] if before else 0, *(start for start, _ in around)])
        upper = min([at[after][0] if after else float("inf"), *(end for _, end in around)])
        gaps[anchor.text_hash, lower, upper].append(anchor)
    return gaps
