"""Write the figures of docs/overlap.md: how well duplicates, neighbours and look-alikes are told apart.

python -m tools.overlap_scores          writes the file, and prints the figures
python -m tools.overlap_scores --check  exits with 1 if the file is out of date
python -m tools.overlap_scores tuning   lists what the pairs of the tuning half are called, to work on the rules
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import yaml

from ecp_graph.overlap.likeness import (
    CLASSES,
    ActionText,
    Judge,
    Likeness,
    Meaning,
    Rarity,
    Reading,
    candidates,
    open_meaning,
    read_action,
)

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "overlap.md"
PAIRS: Final = ROOT / "tests" / "overlap" / "pairs"
HALVES: Final = ("tuning", "unseen")
DUPLICATES: Final = ("easy", "renamed", "hard")
NEIGHBOURS: Final = ("other-activity", "other-audience")
LABELS: Final = (*DUPLICATES, *NEIGHBOURS, "look-alike", "related", "unrelated")
SIGNALS: Final = ("things", "activity", "object", "audience", "words", "letters", "meaning")
#: Which labels are right for what a pair is called; the strong claims count together, as a duplicate is an overlap too.
RIGHT: Final = {
    "duplication": DUPLICATES,
    "duplication or overlap": (*DUPLICATES, *NEIGHBOURS),
    "related": ("related",),
    "possible or none": ("look-alike", "related", "unrelated"),
}
#: What signals alone are asked to tell from all other pairs.
_WANTED: Final = (DUPLICATES, (*DUPLICATES, *NEIGHBOURS))
_MARK: Final = "<!-- Below this line: python -m tools.overlap_scores -->\n"


@dataclass(frozen=True)
class Pair:
    """Two actions and what they are to each other."""

    label: str
    a: Reading
    b: Reading


class Half:
    """The pairs of a half, compared with or without meaning."""

    def __init__(self, name: str, *, with_meaning: bool = True) -> None:
        self.pairs = pairs(name)
        self.meaning = meaning() if with_meaning else None
        self.actions, self.others = (
            list(dict.fromkeys(each)) for each in zip(*((p.a, p.b) for p in self.pairs), strict=True)
        )
        every = [*self.actions, *self.others]
        self.rarity = Rarity(every)
        if self.meaning:
            self.meaning.prepare(text for each in every for text in each.texts)

    @cached_property
    def found(self) -> list[Likeness]:
        """Return what each pair is called."""
        judge = Judge(self.rarity, self.meaning)
        return [judge.likeness(pair.a, pair.b) for pair in self.pairs]

    def called(self, classes: Sequence[str], labels: Sequence[str] = LABELS) -> int:
        """Return how many pairs of these labels are called one of these classes."""
        named = zip(self.pairs, self.found, strict=True)
        return sum(pair.label in labels and likeness.klass in classes for pair, likeness in named)

    def count(self, labels: Sequence[str]) -> int:
        """Return how many pairs have one of these labels."""
        return sum(pair.label in labels for pair in self.pairs)

    def among_first(self, ranked: Callable[[int], Sequence[int]]) -> float:
        """Return the share of duplicates whose second action is among the first three that are ranked for the first."""
        wanted = [(self.actions.index(p.a), self.others.index(p.b)) for p in self.pairs if p.label in DUPLICATES]
        return sum(b in ranked(a)[:3] for a, b in wanted) / len(wanted)


@cache
def meaning() -> Meaning:
    """Return the sentence encoder."""
    return open_meaning()


@cache
def half(name: str, *, with_meaning: bool = True) -> Half:
    """Return a half, compared once."""
    return Half(name, with_meaning=with_meaning)


@cache
def pairs(name: str) -> list[Pair]:
    """Return the labelled pairs of a half."""
    held = yaml.safe_load((PAIRS / f"{name}.yaml").read_text(encoding="utf-8"))
    return [Pair(each["class"], _reading(each["a"]), _reading(each["b"])) for each in held]


def _reading(side: Mapping[str, Any]) -> Reading:
    return _read(ActionText(**{key: tuple(val) if isinstance(val, list) else val for key, val in side.items()}))


@cache
def _read(action: ActionText) -> Reading:
    return read_action(action)


def page(before: str) -> str:
    """Return the text of the page: what it has above the mark, and the figures below it."""
    head, mark, _ = before.partition(_MARK)
    if not mark:
        raise SystemExit(f"{PAGE.name} has no line '{_MARK.strip()}'.")
    return head + mark + "".join(figures())


def figures() -> Iterator[str]:
    """Yield the tables of the page."""
    yield from _claims()
    yield from _classes()
    yield from _labels()
    yield from _signals()


def _claims() -> Iterator[str]:
    """Yield what is asked of the rules, and what they do."""
    each = [half("tuning"), half("unseen"), half("unseen", with_meaning=False)]
    strong = ("duplication", "overlap")
    yield "\n| | asked | tuning | unseen | unseen, without meaning |\n|---|---|---|---|---|\n"
    rows: list[tuple[str, str, Callable[[Half], float]]] = [
        ("called duplication, and a duplicate", "≥ 0.90", lambda h: _precision(h, strong[:1], DUPLICATES)),
        (
            "called duplication or overlap, and a duplicate or neighbour",
            "≥ 0.75",
            lambda h: _precision(h, strong, (*DUPLICATES, *NEIGHBOURS)),
        ),
        (
            "easy and renamed duplicates called duplication or overlap",
            "≥ 0.70",
            lambda h: _recall(h, strong, ("easy", "renamed")),
        ),
        ("hard duplicates called duplication or overlap", "≥ 0.45", lambda h: _recall(h, strong, ("hard",))),
        ("look-alikes called duplication", "≤ 0.05", lambda h: _recall(h, strong[:1], ("look-alike",))),
        ("look-alikes called duplication or overlap", "", lambda h: _recall(h, strong, ("look-alike",))),
        ("the partner of a duplicate is among the first three candidates", "≥ 0.75", _found_by_candidates),
    ]
    for name, asked, figure in rows:
        yield _row(name, [asked, *(f"{figure(one):.2f}" for one in each)])


def _classes() -> Iterator[str]:
    """Yield precision and recall of each class that a pair can be called."""
    yield "\n| called | right for | tuning: precision, recall | unseen: precision, recall |\n|---|---|---|---|\n"
    for name, labels in RIGHT.items():
        classes = name.split(" or ")
        figures = [
            f"{_precision(one, classes, labels):.2f}, {_recall(one, classes, labels):.2f}" for one in map(half, HALVES)
        ]
        yield _row(name, [", ".join(labels), *figures])


def _labels() -> Iterator[str]:
    """Yield what the pairs of each label are called."""
    yield f"\n| unseen pairs | number | {' | '.join(CLASSES)} |\n|---|---|{'---|' * len(CLASSES)}\n"
    one = half("unseen")
    for label in LABELS:
        yield _row(label, [str(one.count((label,))), *(str(one.called((klass,), (label,))) for klass in CLASSES)])


def _signals() -> Iterator[str]:
    """Yield how well each signal alone tells duplicates, and neighbours too, from the other unseen pairs."""
    yield "\n| signal alone | duplicates: precision, recall | duplicates or neighbours: precision, recall "
    yield "| a duplicate above a look-alike | partner among the first three |\n|---|---|---|---|---|\n"
    finders = {"words": _found_by_words, "letters": _found_by_letters, "meaning": _found_by_meaning}
    one, strong = half("unseen"), CLASSES[:2]
    for name in (*SIGNALS, "score"):
        cells = [_pair(*_at_least(one, name, _best_threshold(name, labels), labels)) for labels in _WANTED]
        finder = finders.get(name, _found_by_candidates if name == "score" else None)
        cells += [f"{_above_look_alikes(one, name):.2f}", f"{finder(one):.2f}" if finder else ""]
        yield _row(name, cells)
    cells = [_pair(_precision(one, strong[:1], DUPLICATES), _recall(one, strong[:1], DUPLICATES))]
    cells += [_pair(_precision(one, strong, _WANTED[1]), _recall(one, strong, _WANTED[1])), "", ""]
    yield _row("**all together, by the conditions**", cells)


def _pair(precision: float, recall: float) -> str:
    return f"{precision:.2f}, {recall:.2f}"


def _precision(one: Half, classes: Sequence[str], labels: Sequence[str]) -> float:
    every = one.called(classes)
    return one.called(classes, labels) / every if every else 0.0


def _recall(one: Half, classes: Sequence[str], labels: Sequence[str]) -> float:
    return one.called(classes, labels) / one.count(labels)


def _value(likeness: Likeness, signal: str) -> int:
    if signal == "score":
        return likeness.score
    return next(part.value for part in likeness.parts if part.name == signal)


def _at_least(one: Half, signal: str, least: int, wanted: Sequence[str]) -> tuple[float, float]:
    """Return precision and recall of the wanted labels among the pairs with so much of a signal."""
    labels = [p.label for p, found in zip(one.pairs, one.found, strict=True) if _value(found, signal) >= least]
    right = sum(label in wanted for label in labels)
    return (right / len(labels) if labels else 0.0, right / one.count(wanted))


def _best_threshold(signal: str, wanted: Sequence[str]) -> int:
    """Return from which value on a signal tells the wanted labels best in the tuning half, by F1."""
    one = half("tuning")
    values = sorted({_value(found, signal) for found in one.found if _value(found, signal) > 0})

    def f1(least: int) -> float:
        precision, recall = _at_least(one, signal, least, wanted)
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    return max(values, key=f1)


def _above_look_alikes(one: Half, signal: str) -> float:
    """Return how often a duplicate has more of a signal than a look-alike; half of a tie. 0.5 tells nothing."""
    named = list(zip(one.pairs, one.found, strict=True))
    duplicates = [_value(found, signal) for pair, found in named if pair.label in DUPLICATES]
    others = [_value(found, signal) for pair, found in named if pair.label == "look-alike"]
    wins = sum((mine > theirs) + (mine == theirs) / 2 for mine in duplicates for theirs in others)
    return wins / (len(duplicates) * len(others))


def _found_by_candidates(one: Half) -> float:
    found = candidates(one.actions, one.others, most=3, rarity=one.rarity, meaning=one.meaning)
    return one.among_first(lambda a: [each.b for each in found if each.a == a])


def _found_by_words(one: Half) -> float:
    from ecp_graph.overlap.likeness.signals import words_of_title

    words = {each: words_of_title(each, one.rarity) for each in (*one.actions, *one.others)}
    return one.among_first(_ranking(one, lambda a, b: words[a].alike(words[b])))


def _found_by_letters(one: Half) -> float:
    from ecp_graph.overlap.likeness.signals import letters_of

    letters = {each: letters_of(each.action.title) for each in (*one.actions, *one.others)}
    return one.among_first(_ranking(one, lambda a, b: letters[a].alike(letters[b])))


def _found_by_meaning(one: Half) -> float:
    return one.among_first(_ranking(one, lambda a, b: meaning().likeness(a.object.text, b.object.text)))


def _ranking(one: Half, alike: Callable[[Reading, Reading], float]) -> Callable[[int], Sequence[int]]:
    @cache
    def ranked(a: int) -> Sequence[int]:
        return sorted(range(len(one.others)), key=lambda b: (-alike(one.actions[a], one.others[b]), b))

    return ranked


def _row(name: str, values: Sequence[str]) -> str:
    return f"| {name} | {' | '.join(values)} |\n"


def main() -> int:
    """Write the page, compare it, or list the tuning half; return the exit code."""
    if sys.argv[1:] == ["tuning"]:
        one = half("tuning")
        for pair, found in zip(one.pairs, one.found, strict=True):
            titles = f"{pair.a.action.title} | {pair.b.action.title}"
            print(f"{pair.label:14} {found.klass:11} {found.score:4} {titles} ({'; '.join(found.why + found.differs)})")
        print(Counter((pair.label, found.klass) for pair, found in zip(one.pairs, one.found, strict=True)))
        return 0
    before = PAGE.read_text(encoding="utf-8")
    now = page(before)
    if "--check" in sys.argv[1:]:
        if before == now:
            return 0
        print(f"{PAGE.name} is not up to date; run: python -m tools.overlap_scores", file=sys.stderr)
        return 1
    PAGE.write_text(now, encoding="utf-8")
    print(now.partition(_MARK)[2], end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
