"""Read a title: what is done, on what, and for whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from ecp_graph.overlap.likeness.action import ActionText, Named, NamesIn, Phrase, Reading, Term
from ecp_graph.overlap.likeness.settings import conditions, held, rules_of
from ecp_graph.overlap.likeness.text import Word, stem, stems_of, words_of
from ecp_graph.overlap.likeness.verbs import Head, gives_to, head_of, is_verb, names_partners, serves

__all__ = ["read_action"]

_YEAR: Final = re.compile(r"\b(?:19|20|21)\d\d\b")


def read_action(action: ActionText, names_in: NamesIn | None = None) -> Reading:
    """Return what a title says is done, on what and for whom.

    ``names_in`` finds known instruments and topics in it, by whatever name they have there. What a title leaves unsaid
    is taken from the other columns; a title that names only people has them as its object.
    """
    language = rules_of(action.language)
    words = words_of(action.title, language)[: conditions()["most_words"]]
    head = head_of(words, language)
    spans = tuple(_spans(words, language, names_in(action.title) if names_in else ()))
    audience = _audience(words, head, language)
    rest = [at for at in range(len(words)) if at not in head.taken and at not in audience]
    subject = _phrase(words, rest, language, spans)
    served = _phrase(words, sorted(audience), language, spans)
    if action.audiences:
        served = _joined([served, *(_given(text, language) for text in action.audiences)])
    elif not any(term.kind != "pale" for term in subject.terms):
        subject, served = _joined([subject, served]), Phrase("", ())
    years = sorted(int(year) for text in action.times for year in _YEAR.findall(text))
    return Reading(
        action=action,
        verb=head.written,
        activity=head.activity,
        object=subject,
        audience=served,
        numbers=frozenset(word.number for at, word in enumerate(words) if word.number is not None and at in rest),
        years=(years[0], years[-1]) if years else None,
        named=tuple(span.thing for span in spans),
        language=language,
    )


@dataclass(frozen=True)
class _Span:
    """The words of a title that name a known thing."""

    start: int
    end: int
    thing: Named


def _spans(words: Sequence[Word], language: str, found: Iterable[Named]) -> Iterator[_Span]:
    """Yield where known things are named; each is found by the words that it is named with."""
    stems = [word.written.casefold() for word in words]
    for thing in found:
        parts = [word.written.casefold() for word in words_of(thing.written, language)]
        for start in range(len(stems) - len(parts) + 1):
            if parts and stems[start : start + len(parts)] == parts:
                yield _Span(start, start + len(parts), thing)
                break


def _audience(words: Sequence[Word], head: Head, language: str) -> frozenset[int]:
    """Return the places of the words that say whom the action is for."""
    signs = held("words.yaml")["audience_signs"][language]
    if names_partners(head.activity):
        return frozenset()
    if served := _served_by_verb(words, head, language):
        return served
    for at, word in enumerate(words):
        sign = word.written.casefold()
        if sign in signs and at not in head.taken:
            places = _until_clause(words, at + 1, head, language)
            if not places:
                continue
            names_receiver = gives_to(head.activity, sign, language) and not is_verb(words[places[0]], language)
            if _are_people(words, places, language) or names_receiver:
                return frozenset(places)
    return frozenset()


def _served_by_verb(words: Sequence[Word], head: Head, language: str) -> frozenset[int]:
    """Return the object of a verb such as "train", the subject of its passive, or who stands inside the verb."""
    whom = serves(head.activity)
    if not whom or not head.taken:
        return frozenset()
    first, last = min(head.taken), max(head.taken)
    for places in (
        [at for at in range(first, last) if at not in head.taken],
        [at for at in range(first) if not head.is_noun],
        _until_clause(words, last + 1, head, language),
    ):
        if _are_people(words, places, language):
            return frozenset(places)
    places = _until_clause(words, last + 1, head, language)
    behind = words[places[-1] + 1].written.casefold() if places and places[-1] + 1 < len(words) else ""
    # "Teach first aid to cooks" has what is taught as its object, "train cooks in first aid" whom.
    is_direct = behind and not head.is_noun and not gives_to(head.activity, behind, language)
    return frozenset(places) if whom == "anyone" and is_direct else frozenset()


def _until_clause(words: Sequence[Word], start: int, head: Head, language: str) -> list[int]:
    """Return the places from a word on, up to the verb or to a word that begins another clause."""
    ends = held("words.yaml")["clause_signs"][language]
    places: list[int] = []
    for at in range(start, len(words)):
        # Outside English such a word may come before an object: "capacitar *a* los maestros".
        may_end = language == "en" or any(not words[place].is_stop for place in places)
        if at in head.taken or (may_end and words[at].written.casefold() in ends):
            break
        places.append(at)
    return places


def _are_people(words: Sequence[Word], places: Sequence[int], language: str) -> bool:
    """Return whether the noun that a phrase is about is one for people.

    In English that is the last, or the one before "of"; in the other languages one of the first two.
    """
    full = [at for at in places if not words[at].is_stop]
    if not full:
        return False
    if language != "en":
        return any(_is_person(words[at], language) for at in full[:2])
    before_of = [at for at in full if at + 1 in places and words[at + 1].written.casefold() == "of"]
    return _is_person(words[before_of[0] if before_of else full[-1]], language)


def _phrase(words: Sequence[Word], places: Sequence[int], language: str, spans: Sequence[_Span]) -> Phrase:
    """Return the words at these places as a phrase, without stop words at its ends."""
    kept = list(places)
    while kept and words[kept[0]].is_stop:
        del kept[0]
    while kept and words[kept[-1]].is_stop:
        del kept[-1]
    return Phrase(_text([words[at] for at in kept]), tuple(_terms([words[at] for at in kept], kept, language, spans)))


def _text(words: Sequence[Word]) -> str:
    """Return words as the encoder is asked about them: in small letters, except names."""
    return " ".join(word.written if word.is_name else word.written.lower() for word in words)


def _terms(words: Sequence[Word], places: Sequence[int], language: str, spans: Sequence[_Span]) -> Iterator[Term]:
    by_start = {span.start: span for span in sorted(spans, key=lambda span: span.end)}
    at = 0
    while at < len(words):
        if span := by_start.get(places[at]):
            length = sum(span.start <= place < span.end for place in places)
            kind = "word" if span.thing.kind in ("topic", "goal") else "thing"
            yield Term(f"<{span.thing.identifier}>", _text(words[at : at + length]), kind)
            at += length
            continue
        length, product = _product(words, at, language)
        if product:
            yield Term(f"#{product}", _text(words[at : at + length]), "product")
        elif not words[at].is_stop and words[at].number is None:
            yield from _word_terms(words[at], language)
        at += length


def _word_terms(word: Word, language: str) -> Iterator[Term]:
    for part in word.stem.split():
        kind = "name" if word.is_name else "pale" if part in _pale(language) else "word"
        yield Term(part, _text((word,)), kind)


def _product(words: Sequence[Word], at: int, language: str) -> tuple[int, str]:
    for length in range(min(4, len(words) - at), 0, -1):
        if found := _products(language).get(tuple(word.stem for word in words[at : at + length])):
            return length, found
    return 1, ""


def _given(text: str, language: str) -> Phrase:
    words = words_of(text, language)
    return _phrase(words, range(len(words)), language, ())


def _joined(phrases: Iterable[Phrase]) -> Phrase:
    kept = [phrase for phrase in phrases if phrase.text]
    return Phrase(" ".join(phrase.text for phrase in kept), tuple(term for phrase in kept for term in phrase.terms))


def _is_person(word: Word, language: str) -> bool:
    plural = word.written.casefold()
    singular = (plural.removesuffix(ending) + usual for ending, usual in held("words.yaml")["plurals"][language])
    return not _people(language).isdisjoint({plural, *singular})


@cache
def _people(language: str) -> frozenset[str]:
    return frozenset(held("words.yaml")["people"][language])


@cache
def _pale(language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in held("words.yaml")["pale"][language])


@cache
def _products(language: str) -> dict[tuple[str, ...], str]:
    every = held("words.yaml")["products"]
    return {stems_of(form, language): each["name"] for each in every for form in each.get(language, ())}
