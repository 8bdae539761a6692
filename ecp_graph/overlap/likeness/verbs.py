"""What a title says is done: its head verb and the class of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ecp_graph.overlap.likeness.settings import held
from ecp_graph.overlap.likeness.text import Word, stems_of

__all__ = ["Head", "agree", "gives_to", "head_of", "is_verb", "names_partners", "serves"]


@dataclass(frozen=True)
class Head:
    """The head verb of a title: its class, how it is written, and which words of the title it takes.

    ``is_noun`` is for work named by a noun ("training"), whose object stands behind a preposition.
    """

    activity: str
    written: str
    taken: frozenset[int]
    is_noun: bool


_NONE = Head("", "", frozenset(), False)


@cache
def agree(one: str, other: str) -> bool | None:
    """Return whether two classes of verbs are the same work; None where they may be, or where one is not read."""
    if not one or not other:
        return None
    if one == other:
        return True
    return None if other in _near(one) or one in _near(other) else False


def serves(activity: str) -> str:
    """Return whom the direct object of such a verb may be, whom the action is then for: anyone, people, or no one."""
    return str(held("verbs.yaml")["serving"].get(activity, ""))


def gives_to(activity: str, sign: str, language: str) -> bool:
    """Return whether such a verb and such a word before a noun say for whom an action is, whatever the noun."""
    giving = held("verbs.yaml")["giving"]
    return activity in giving["verbs"] and sign in giving[language]


def is_verb(word: Word, language: str) -> bool:
    """Return whether a word may be the verb of an infinitive ("to consolidate")."""
    return (word.stem,) in _verbs(language)


def names_partners(activity: str) -> bool:
    """Return whether such a verb names partners, whom an action is with and not for."""
    return activity in held("verbs.yaml")["partnering"]


def head_of(words: Sequence[Word], language: str) -> Head:
    """Return the head verb of a title: at its beginning, behind a light verb, or in the passive; or an empty one."""
    start = _first(words)
    return _at_start(words, start, language) or _passive(words, language) or _NONE


def _at_start(words: Sequence[Word], start: int, language: str) -> Head | None:
    for at in range(start, min(start + 3, len(words))):
        if at > start and any(word.is_stop for word in words[start:at]):
            return None
        if (length := _light_length(words, at, language)) and (noun := _noun_behind(words, at + length, language)):
            light = range(at, at + length)
            return Head(noun.activity, f"{_written(words, light)} {noun.written}", noun.taken.union(light), True)
        if words[at].written.casefold() in held("verbs.yaml")["never"][language]:
            continue
        for length in range(min(4, len(words) - at), 0, -1):
            key = tuple(word.stem for word in words[at : at + length])
            if found := _verbs(language).get(key) or _nouns(language).get(key):
                # An adjective may stand before a noun, but not before a verb.
                if at > start and key not in _nouns(language):
                    continue
                taken = range(at, at + length)
                return Head(found, _written(words, taken), frozenset(taken), key not in _verbs(language))
    return None


def _passive(words: Sequence[Word], language: str) -> Head | None:
    forms = held("verbs.yaml")["passive"][language]
    for at, word in enumerate(words):
        if word.written.casefold() not in forms:
            continue
        for behind in range(at + 1, min(at + 4, len(words))):
            if found := _verbs(language).get((words[behind].stem,)):
                return Head(found, words[behind].written, frozenset({at, behind}), False)
    return None


def _noun_behind(words: Sequence[Word], start: int, language: str) -> Head | None:
    """Return the noun of activity behind a light verb, unless a preposition stands before it."""
    for at in range(start, min(start + 5, len(words))):
        for length in range(min(3, len(words) - at), 0, -1):
            key = tuple(word.stem for word in words[at : at + length])
            if found := _nouns(language).get(key):
                # "a training centre" is a centre: the noun has to end its phrase.
                ends = at + length == len(words) or words[at + length].is_stop
                if ends or language != "en":
                    taken = range(at, at + length)
                    return Head(found, _written(words, taken), frozenset(taken), True)
        if words[at].is_stop and at > start:
            return None
    return None


def _light_length(words: Sequence[Word], at: int, language: str) -> int:
    light = _light(language)
    lengths = (length for length in range(min(3, len(words) - at), 0, -1))
    return next((each for each in lengths if tuple(word.stem for word in words[at : at + each]) in light), 0)


def _first(words: Sequence[Word]) -> int:
    return next((at for at, word in enumerate(words) if not word.is_stop), 0)


def _written(words: Sequence[Word], taken: range) -> str:
    return " ".join(words[at].written for at in taken)


@cache
def _near(activity: str) -> frozenset[str]:
    return frozenset(held("verbs.yaml")["classes"][activity].get("near", ()))


@cache
def _verbs(language: str) -> dict[tuple[str, ...], str]:
    return dict(_forms(language, "verbs"))


@cache
def _nouns(language: str) -> dict[tuple[str, ...], str]:
    return dict(_forms(language, "nouns"))


@cache
def _light(language: str) -> frozenset[tuple[str, ...]]:
    return frozenset(stems_of(each, language) for each in held("verbs.yaml")["light"][language])


def _forms(language: str, kind: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for activity, of_class in held("verbs.yaml")["classes"].items():
        for form in of_class.get(language, {}).get(kind, ()):
            yield stems_of(form, language), activity
