"""The things that the names in cells stand for: known ones, or the plan's own, and where each is stated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import CONCEPTS, VOCABULARY
from ecp_graph.plans.draft.model import DraftName
from ecp_graph.plans.known.things import KnownThing
from ecp_graph.plans.writing.evidence import Certainty, Evidence, Place
from ecp_graph.plans.writing.minting import Minter
from ecp_graph.plans.writing.texts import clean, key, words

__all__ = ["OwnThing", "Things"]

#: What one thing of a kind that a plan names is; what it is more exactly, nobody has said.
_CLASSES: Final = {
    "body": "ecp:Body",
    "programme": "ecp:Plan",
    "instrument": "ecp:Instrument",
    "topic": "ecp:Topic",
    "goal": "ecp:Goal",
}
#: The part of an IRI that tells the type.
_TYPES: Final = {"programme": "plan"}
_LISTED: Final = re.compile(r"\s*[,;/]\s*")


@dataclass(frozen=True)
class OwnThing:
    """A thing that a plan names and nothing known was matched with: its IRI, kind, name and the place of that.

    ``label`` is its preferred name: the name, with the plan in brackets where something known is called so, too.
    """

    iri: str
    kind: str
    name: str
    locator: str
    label: str


class Things:
    """What names stand for; a thing of the plan's own is made, and described, where its name first appears."""

    def __init__(self, known: Iterable[KnownThing], minter: Minter, plan: str, language: str) -> None:
        """Begin with what is known; ``plan`` is the IRI of the plan whose goals its own goals are."""
        self._minter = minter
        self._plan = plan
        self._plan_slug = plan.rpartition("/")[2]
        self._language = language
        self._known = {thing.iri: thing for thing in known}
        self._own: dict[tuple[str, str], OwnThing] = {}
        self._described: set[str] = set()
        self._labels: dict[str, dict[str, set[str]]] = {}
        #: Those labels that look like several names in a list.
        self._listings: dict[str, set[str]] = {}
        for thing in self._known.values():
            for name in (thing.code, *(text for text, _ in thing.names)):
                self._add_label(thing.kind, name, thing.iri)
        self._alternatives: set[tuple[str, str]] = set()

    @property
    def own(self) -> tuple[OwnThing, ...]:
        """What the plan names and nobody knew, in the order of the document."""
        return tuple(thing for thing in self._own.values() if thing.locator)

    def iri_of(self, name: DraftName, place: Place, evidence: Evidence) -> str:
        """Return the IRI of what a name stands for, and state there what the place says of it."""
        if not name.is_sure:
            thing = self._own_thing(name)
            self._describe(thing, name, place, evidence)
            return thing.iri
        if name.iri in self._known:
            self._state_variant(name, place, evidence)
        else:  # an IRI that a mapping makes
            text = clean(name.text)
            self._describe(OwnThing(name.iri, name.kind, text, "", text), name, place, evidence)
        return name.iri

    def certainty(self, name: DraftName) -> Certainty:
        """Return how sure a link by a name is: verbatim where the cell has the thing's own name or code."""
        if name.is_in_title or key(name.text) not in key(name.cell.text):
            return "interpreted"
        if not name.is_sure:
            return "verbatim"
        thing = self._known.get(name.iri)
        names = {thing.code, *(text for text, _ in thing.preferred)} if thing else set()
        return "verbatim" if clean(name.text) in names else "normalised"

    def introduce(self, kind: str, text: str, iri: str) -> None:
        """Let a name stand for a thing that is described elsewhere."""
        self._own[kind, key(text)] = OwnThing(iri, kind, clean(text), "", clean(text))
        self._described.add(iri)
        self._add_label(kind, text, iri)

    def prepare(self, names: Iterable[DraftName]) -> None:
        """Make the plan's own things that names stand for, so that texts that list them are understood everywhere."""
        for name in names:
            if not name.is_sure and name.role != "open":
                self._own_thing(name)

    def listed(self, kind: str, text: str) -> Iterator[str]:
        """Yield what a text lists by its very name, between commas, semicolons and slashes.

        A name that several things have means the plan's own one, and nothing where none of them is.
        """
        listing = _as_list(text)
        labels = self._labels.get(kind, {})
        parts = listing.strip(",").split(",")
        longer = (label for label in self._listings.get(kind, ()) if _as_list(label) in listing)
        for label in dict.fromkeys([*parts, *longer]):
            found = labels.get(label, set())
            if own := self._own.get((kind, label)):
                yield own.iri
            elif len(found) == 1:
                yield from found

    def named_in(self, kind: str, text: str) -> str:
        """Return the IRI of the one thing of a kind whose name is among the words of a text; else an empty one."""
        said = words(text)
        named = (iris for label, iris in self._labels.get(kind, {}).items() if words(label) in said)
        found = {iri for iris in named for iri in iris}
        return found.pop() if len(found) == 1 else ""

    def _own_thing(self, name: DraftName) -> OwnThing:
        text = clean(name.text)
        at = (name.kind, key(text))
        if at not in self._own:
            parts = (self._plan_slug, text) if name.kind == "goal" else (text,)
            minted = self._minter.mint(_TYPES.get(name.kind, name.kind), *parts)
            has_namesake = any(iri in self._known for iri in self._labels.get(name.kind, {}).get(key(text), ()))
            label = f"{text} ({self._plan_slug})" if has_namesake else text
            self._own[at] = OwnThing(minted, name.kind, text, clean(name.cell.locator), label)
            self._add_label(name.kind, text, minted)
        return self._own[at]

    def _describe(self, thing: OwnThing, name: DraftName, place: Place, evidence: Evidence) -> None:
        if thing.iri in self._described:
            return
        self._described.add(thing.iri)
        certainty = self.certainty(name)
        evidence.state(place, certainty, thing.iri, "rdf:type", _CLASSES[thing.kind])
        called = ox.Literal(thing.name, language=self._language)
        if thing.label == thing.name:
            evidence.state(place, certainty, thing.iri, "skos:prefLabel", called)
        else:
            evidence.state(place, certainty, thing.iri, "skos:altLabel", called)
            label = ox.Literal(thing.label, language=self._language)
            evidence.state(place, "interpreted", thing.iri, "skos:prefLabel", label)
        if thing.kind == "instrument":
            evidence.state(place, certainty, thing.iri, "ecp:instrumentKind", f"{CONCEPTS}instrument-instrument")
        if thing.kind == "topic":
            evidence.state(place, certainty, thing.iri, "skos:inScheme", f"{VOCABULARY}id/scheme/topics")
        if thing.kind == "goal":
            evidence.state(place, certainty, thing.iri, "ecp:goalOfPlan", self._plan)

    def _state_variant(self, name: DraftName, place: Place, evidence: Evidence) -> None:
        """State the words of the cell as another name of a known thing, unless it has that name."""
        thing = self._known.get(name.iri)
        text = clean(name.text)
        called = {words(text_) for text_, _ in thing.names} | {words(thing.code)} if thing else set()
        is_new = words(text) not in called and (name.iri, key(text)) not in self._alternatives
        if is_new and text and not name.is_in_title:
            self._alternatives.add((name.iri, key(text)))
            certainty: Certainty = "interpreted" if self.certainty(name) == "interpreted" else "normalised"
            evidence.state(place, certainty, name.iri, "skos:altLabel", ox.Literal(text, language=self._language))

    def _add_label(self, kind: str, text: str, iri: str) -> None:
        if label := key(text):
            self._labels.setdefault(kind, {}).setdefault(label, set()).add(iri)
            if _LISTED.search(label):
                self._listings.setdefault(kind, set()).add(label)


def _as_list(text: str) -> str:
    """Return the parts of a text, between commas and before and after one, in lower case."""
    return _LISTED.sub(",", f",{key(text)},")
