"""An action as it is compared: its title, what other columns say of it, and what is read of the title by a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

__all__ = ["ActionText", "Named", "NamesIn", "Phrase", "Reading", "Term"]


class Named(NamedTuple):
    """A known thing that is named in a title: the words that name it there, its identifier, and its kind.

    ``kind`` is instrument, body, programme, topic or goal. Topics and goals are words like others, with one key for all
    their names; two things of the other kinds are different things.
    """

    written: str
    identifier: str
    kind: str


#: The kinds of things that work is about; a body or a programme that a title names has a part in it.
_SUBJECTS: Final = frozenset({"instrument", "topic", "goal"})
#: Says which known things are named in a text.
NamesIn = Callable[[str], Iterable[Named]]


@dataclass(frozen=True)
class ActionText:
    """An action of a plan: its title, and what is known of it from elsewhere, as texts or identifiers.

    ``instruments``, ``topics`` and ``goals`` are identifiers, the same for the same thing in every plan; ``audiences``
    and ``times`` are as written. ``bodies`` do the work: that another body does it makes it no other work. Actions of
    one ``plan`` are not compared.
    """

    title: str
    language: str = "en"
    bodies: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    plan: str = ""


@dataclass(frozen=True)
class Term:
    """A word or name of a phrase; ``key`` is the same for spellings, forms and known synonyms of it.

    ``kind`` is thing (known, by its identifier), name, product (guidelines, plan), pale (says little) or word.
    """

    key: str
    written: str
    kind: str


@dataclass(frozen=True, eq=False)
class Phrase:
    """Words of a title that belong together, as written and as terms; another phrase is another, whatever it says."""

    text: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, eq=False)
class Reading:
    """What is read of an action by a rule, so with the certainty *interpreted*; each is told from all others.

    ``activity`` is the class of the head verb, empty where none is known; ``verb`` is as written. ``language`` is
    that of the rules, ``years`` the first and the last that the times name, ``named`` what is known in the title.
    """

    action: ActionText
    verb: str
    activity: str
    object: Phrase
    audience: Phrase
    numbers: frozenset[int]
    years: tuple[int, int] | None
    named: tuple[Named, ...]
    language: str

    @cached_property
    def things(self) -> frozenset[str]:
        """Return the identifiers of the known instruments, topics and goals that the action is about."""
        named = frozenset(each.identifier for each in self.named if each.kind in _SUBJECTS)
        return named.union(self.action.instruments, self.action.topics, self.action.goals)

    @cached_property
    def instruments(self) -> frozenset[str]:
        """Return the identifiers of the instruments that are given or named in the title."""
        named = frozenset(each.identifier for each in self.named if each.kind == "instrument")
        return named.union(self.action.instruments)

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the identifiers of all things that are named in the title."""
        return frozenset(each.identifier for each in self.named)

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the texts whose meaning is compared: the object, the audience, and the words of the object."""
        words = (word for term in self.object.terms for word in term.written.split())
        return (*filter(None, (self.object.text or self.action.title, self.audience.text)), *words)
