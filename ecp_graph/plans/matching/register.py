"""The register of known bodies, programmes, instruments, topics and goals, and what a text names of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from ecp_graph.errors import InputSyntaxError
from ecp_graph.plans.matching.compare import ANYBODYS, Comparison, Part
from ecp_graph.plans.matching.decisions import Decision
from ecp_graph.plans.matching.known import Known
from ecp_graph.plans.matching.names import Name, parse_name
from ecp_graph.plans.matching.settings import weights
from ecp_graph.plans.matching.shelf import Shelf
from ecp_graph.plans.matching.titles import Found, Titles

__all__ = ["Match", "Register"]


@dataclass(frozen=True)
class Match:
    """What a text names: the known thing that is most like it, if any is, and the parts of the score, which add up.

    Only a match that ``is_sure`` is a fact; all others are questions, with ``known`` and ``others`` as answers to
    choose from. ``why`` says in words what the match rests on; ``text`` is the name as it is written.
    """

    known: Known | None
    score: float
    parts: tuple[Part, ...]
    is_sure: bool
    why: str
    others: tuple[Known, ...] = ()
    text: str = ""


_SEVERAL: Final = "several have this name"
_EXAMPLE: Final = "named as an example"
_NOTHING: Final = Match(None, 0.0, (), False, "nothing known has a similar name")


class Register:
    """Things that are known, to be found by their names; decisions of people go before any likeness.

    Raises InputSyntaxError, with the lines, for decisions that a text is the same as two things of one kind.
    """

    def __init__(self, known: Iterable[Known], decisions: Iterable[Decision] = ()) -> None:
        every = tuple(known)
        self._things = {(each.kind, each.iri): each for each in every}
        names = {each.iri: [parse_name(name) for name in each.names] for each in every}
        self._in_full = _InFull(names.values())
        by_kind: dict[str, list[tuple[str, Name]]] = defaultdict(list)
        for each in every:
            spelt = dict.fromkeys(way for name in names[each.iri] for way in (name, self._in_full.expanded(name)))
            by_kind[each.kind] += [(each.iri, name) for name in spelt]
        self._shelves = {kind: Shelf(held) for kind, held in by_kind.items()}
        in_titles = {each.iri: [*each.names, *self._in_full.spelt_out(names[each.iri])] for each in every}
        self._titles = Titles((each.iri, each.kind, name) for each in every for name in in_titles[each.iri])
        self._decided = _Decided(decisions, every)
        self._answers: dict[tuple[str, str], Match] = {}

    def match(self, text: str, kind: str) -> Match:
        """Return which known thing of a kind (body, programme, instrument, topic, goal) the text names."""
        key = (text.strip(), kind)
        if key not in self._answers:
            self._answers[key] = replace(self._match(key[0], kind), text=key[0])
        return self._answers[key]

    def found_in(self, text: str, kind: str) -> list[Match]:
        """Return the known things of a kind that are named inside a text, such as a title, in its order.

        A name that several have or anybody may have, or that is there as an example, is found but not sure. A name
        inside a longer one of another kind is not found where it means nothing of its own: the "TFA" of "TFA Working
        Group".
        """
        return [match for found in self._titles.find(text, kind) for match in self._named(found, kind)]

    def _named(self, found: Found, kind: str) -> Iterator[Match]:
        """Yield what a name in a title means, unless that was decided to be none of the things of that name."""
        name = parse_name(found.written)
        others, same = self._decided.others(name), self._decided.same(name, kind)
        things = [same] if same else [self._things[kind, iri] for iri in found.iris if iri not in others]
        if things:
            is_anybodys = name.is_generic and not same
            doubts = {_SEVERAL: len(things) > 1, _EXAMPLE: found.is_example, ANYBODYS: is_anybodys}
            doubt = next((why for why, holds in doubts.items() if holds), "")
            rest = tuple(things[1 : weights().most_candidates])
            yield Match(things[0], 1.0, (Part("words", 1.0),), not doubt, doubt or "named in it", rest, found.written)

    def _match(self, text: str, kind: str) -> Match:
        shelf = self._shelves.get(kind)
        if shelf is None or len(text) > weights().longest or not (name := parse_name(text)).stems:
            return _NOTHING
        if same := self._decided.same(name, kind):
            return Match(same, 1.0, (Part("decision", 1.0),), True, "decided to be the same")
        others, name = self._decided.others(name), self._in_full.expanded(name)
        best: dict[str, Comparison] = {}
        for iri, label in shelf.candidates(name):
            comparison = shelf.compared(name, iri, label)
            if iri not in others and (iri not in best or _rank(comparison) > _rank(best[iri])):
                best[iri] = comparison
        likely = sorted(iri for iri, comparison in best.items() if comparison.score >= weights().ask_from)
        if not likely:
            return _NOTHING
        ranked = sorted(likely, key=lambda iri: _rank(best[iri]), reverse=True)
        first, things = best[ranked[0]], [self._things[kind, iri] for iri in ranked[: weights().most_candidates]]
        if len(ranked) > 1 and best[ranked[1]].is_sure:
            first = replace(first, is_sure=False, why=_SEVERAL)
        candidates = () if first.is_sure else tuple(things[1:])
        return Match(things[0], first.score, first.parts, first.is_sure, first.why, candidates)


class _Decided:
    """What people decided of a text, whatever the spelling of its words."""

    def __init__(self, decisions: Iterable[Decision], known: Iterable[Known]) -> None:
        things = {each.iri: each for each in known}
        self._same: dict[tuple[str, ...], dict[str, tuple[Known, Decision]]] = defaultdict(dict)
        self._others: dict[tuple[str, ...], dict[str, Decision]] = defaultdict(dict)
        for decision in decisions:
            key, thing = _key(parse_name(decision.subject_label)), things.get(decision.object_id)
            if not decision.is_same:
                self._others[key][decision.object_id] = decision
            elif thing:
                before, earlier = self._same[key].setdefault(thing.kind, (thing, decision))
                if before != thing:
                    raise _contradiction(earlier, decision, f"is the same as <{before.iri}> and as <{thing.iri}>")
        for key, of_kind in self._same.items():
            for thing, decision in of_kind.values():
                if other := self._others[key].get(thing.iri):
                    raise _contradiction(decision, other, f"is the same as <{thing.iri}>, and is not")

    def same(self, name: Name, kind: str) -> Known | None:
        """Return the thing of a kind that the name was decided to be the same as."""
        found = self._same.get(_key(name), {}).get(kind)
        return found[0] if found else None

    def others(self, name: Name) -> Container[str]:
        """Return the IRIs of the things that the name was decided not to be the same as."""
        return self._others.get(_key(name), ())


def _contradiction(one: Decision, other: Decision, what: str) -> InputSyntaxError:
    first, second = sorted((one, other), key=lambda decision: decision.line)
    sentence = f"lines {first.line} and {second.line} contradict each other: '{second.subject_label}' {what}"
    return InputSyntaxError(second.path, f"{sentence}; delete one of them.", second.line)


def _key(name: Name) -> tuple[str, ...]:
    return (*name.stems, name.acronym)


def _rank(comparison: Comparison) -> tuple[bool, float]:
    return comparison.is_sure, comparison.score


class _InFull:
    """The words that acronyms stand for, where all known things with that acronym agree on them."""

    def __init__(self, names: Iterable[Iterable[Name]]) -> None:
        found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for of_thing in map(tuple, names):
            keys = {key for name in of_thing for key in (name.acronym_key, name.acronym) if key}
            for key in keys:
                found[key].update(run for name in of_thing for run in _with_initials(name, key))
        self._stems = {key: runs.pop() for key, runs in found.items() if len(runs) == 1}

    def expanded(self, name: Name) -> Name:
        """Return a name with the acronyms in it in full, unless it is one itself."""
        if name.acronym_key or not name.acronyms:
            return name
        stems: list[str] = []
        breaks: list[bool] = []
        for stem, is_break in zip(name.stems, name.breaks, strict=True):
            parts = self._stems.get(stem, (stem,)) if stem in name.acronyms else (stem,)
            stems += parts
            breaks += [is_break, *(False for _ in parts[1:])]
        return replace(name, stems=tuple(stems), breaks=tuple(breaks))

    def spelt_out(self, names: Iterable[Name]) -> Iterator[str]:
        """Yield the names that have acronyms in them, with their words in full."""
        for name in names:
            if (in_full := self.expanded(name)) != name:
                yield " ".join(in_full.stems)


def _with_initials(name: Name, key: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of a name, or a run of them, that have these initials."""
    if key in name.initials:
        yield name.stems
        return
    runs = (name.stems[at : at + len(key)] for at in range(len(name.stems) - len(key) + 1))
    yield from (run for run in runs if "".join(stem[0] for stem in run) == key)
