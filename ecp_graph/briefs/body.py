"""The briefing of a body: what it is, its actions by date, where others work on the same thing, what is left open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ecp_graph.briefs.actions import (
    ENTRIES,
    MOST_PLANS,
    Action,
    actions_of,
    numbers_of,
    open_points,
    section_by_date,
    times_in_words,
)
from ecp_graph.briefs.asking import BODIES, DOCUMENTS, Row, Rows, Source
from ecp_graph.briefs.discrepancies import DISCREPANCIES, checks_on, points_of
from ecp_graph.briefs.model import Brief, Line, Run, Section, Sentence, line
from ecp_graph.briefs.overlaps import KINDS, OVERLAPS, Peer, in_words, peers_of, table_of_peers
from ecp_graph.briefs.placing import places_of
from ecp_graph.briefs.wording import and_list, capital, counted, joined, number_in_words, wording
from ecp_graph.overlap.counting import RELATIONS, WRITTEN_CODES, relations, written_codes

__all__ = ["QUERIES", "brief_of_body"]

_ABOUT: Final = "body-relations"
_PLANS: Final = "plans-at-a-glance"
#: The queries of the catalogue without which there is no briefing of a body.
QUERIES: Final = (_ABOUT, BODIES, DISCREPANCIES, DOCUMENTS, ENTRIES, KINDS, OVERLAPS, _PLANS, RELATIONS, WRITTEN_CODES)
_OWNS: Final = "owns"
_SECRETARIAT: Final = "secretariat"
_TOLD_FIRST: Final = ("requested", "foreseen", "possible")


def brief_of_body(source: Source, body: str, name: str) -> Brief:
    """Return the briefing of a body, given its IRI and its name; raises what the source raises when asked."""
    facts = _Facts(source, body, name)
    sections = (
        Section("summary", "Summary", paragraphs=tuple(map(tuple, _summary(facts)))),
        section_by_date(facts.actions, body, facts.short),
        Section("programmes", "Its programmes", points=tuple(_programmes(facts))),
        Section(
            "same-thing",
            "Where others work on the same thing",
            paragraphs=(tuple(_overlaps(facts)),),
            table=table_of_peers(facts.peers, source.ask(KINDS), source.causes),
        ),
        Section("asked", "What it meets on and decides", points=tuple(_asked(facts))),
        Section("open", "What the document leaves open", points=tuple(_open(facts))),
    )
    shown = tuple(section for section in sections if not section.is_empty)
    kept = source.confidential({action.plan for action in facts.actions})
    return Brief("Briefing of a body", body, facts.title, shown, source.version, source.dated, confidential=kept)


@dataclass
class _Facts:
    """What the catalogue says of a body, asked once."""

    source: Source
    body: str
    name: str

    @cached_property
    def bodies(self) -> Mapping[str, Row]:
        """The bodies by IRI."""
        return {row["body"]: row for row in self.source.ask(BODIES)}

    @cached_property
    def called(self) -> dict[str, str]:
        """The names of bodies and programmes for reading, by IRI: the code as documents write it, else the name."""
        return {iri: row["name"] for iri, row in self.bodies.items()} | written_codes(self.source.ask(WRITTEN_CODES))

    def name_of(self, iri: str, name: str) -> str:
        """Return the name for reading of a thing with that name."""
        return self.called.get(iri, name)

    @property
    def is_everywhere(self) -> bool:
        """Whether it is a secretariat, whose overlaps are not counted."""
        return self.bodies.get(self.body, {}).get("kind") == _SECRETARIAT

    @property
    def short(self) -> str:
        """The name of the body in running text."""
        return self.name_of(self.body, self.name)

    @property
    def title(self) -> str:
        """The name with the code, where documents write one."""
        return self.name if self.short == self.name else f"{self.name} ({self.short})"

    @cached_property
    def about(self) -> Mapping[str, Rows]:
        """What is told of the body by relation, each other thing once with all its places."""
        found: dict[str, list[Row]] = {}
        for row in self.source.ask(_ABOUT, body=self.body):
            found.setdefault(row["relation"], []).append(row)
        return found

    @cached_property
    def actions(self) -> list[Action]:
        """The actions that name the body, or run under a programme of it."""
        return actions_of(self.source.ask(ENTRIES, body=self.body), self.name_of)

    @property
    def own(self) -> list[Action]:
        """The actions that make the body responsible."""
        return [action for action in self.actions if action.is_of(self.body)]

    @cached_property
    def peers(self) -> list[Peer]:
        """The bodies that it meets."""
        rows = self.source.ask(OVERLAPS, body=self.body)
        related = relations(self.source.ask(RELATIONS, member=self.body), self.called)
        return peers_of(self.body, rows, self.name_of, self.source.causes, related)

    def others(self, relation: str) -> list[Run]:
        """Return the things to which the body has a relation, each once."""
        rows = self.about.get(relation, [])
        return list(dict.fromkeys(Run(self.name_of(row["other"], row["otherName"]), row["other"]) for row in rows))

    def places(self, *relations_: str) -> Line:
        """Return where relations are stated."""
        return places_of(row for relation in relations_ for row in self.about.get(relation, []))


def _summary(facts: _Facts) -> Iterator[Iterable[Sentence]]:
    yield _what_it_is(facts)
    yield _what_it_has_to_do(facts)
    yield _who_else(facts)


def _who_else(facts: _Facts) -> Iterator[Sentence]:
    others = [peer for peer in facts.peers if not peer.is_founding]
    if not others:
        return
    verb = "works" if len(others) == 1 else "work"
    yield Sentence(line(in_words(others), f" {verb} on the same things as {facts.short}."))
    if related := [peer.run for peer in others if peer.relations]:
        is_all = len(related) == len(others) > 1
        not_its = "is not its peer" if len(related) == 1 else "are not its peers"
        who = line("None of them is its peer") if is_all else line(and_list(related), f" {not_its}")
        told = (
            "one of the two reports to the other or was set up by it, so what looks like double work may be a mandate."
        )
        yield Sentence(line(who, f": {told}"))


def _what_it_is(facts: _Facts) -> Iterator[Sentence]:
    kinds, owners, plans = (facts.others(relation) for relation in ("is a", "belongs to", "is listed by"))
    kind = and_list(run.text for run in kinds) or line("body")
    told = line("The " if not facts.name.startswith("The ") else "", facts.title, " is a ", kind)
    told = line(told, " of the " if owners else "", and_list(owners))
    if plans:
        told = line(told, ", and one of those to which ", and_list(plans), " is relevant")
    yield Sentence(line(told, "."), facts.places("is a", "belongs to", "is listed by"))
    above, below, founders = (facts.others(name) for name in ("reports to", "is reported to by", "was set up by"))
    if founders:
        yield Sentence(line("It was set up by ", and_list(founders), "."), facts.places("was set up by"))
    if above or below:
        parts = [line("it reports to ", and_list(above))] if above else []
        parts += [line(and_list(below), " report to it" if len(below) > 1 else " reports to it")] if below else []
        yield Sentence(line(capital(joined(parts, "; ")), "."), facts.places("reports to", "is reported to by"))


def _what_it_has_to_do(facts: _Facts) -> Iterator[Sentence]:
    own = facts.own
    if not facts.actions:
        yield Sentence(line("No action names it, and none runs under a programme of it."))
        return
    sizes = {row["plan"]: (row["name"], int(row["actions"])) for row in facts.source.ask(_PLANS)}
    told = []
    for plan in dict.fromkeys(action.plan for action in facts.actions):
        here = [action for action in own if action.plan == plan]
        name, size = sizes.get(plan, (facts.actions[0].plan_name, 0))
        of_all = f"{len(here)} of its {counted(size, 'action')}" if size else counted(len(here), "action")
        told.append(line(Run(name, plan), " makes it responsible for ", of_all if here else "no action"))
    alone = [action for action in own if len([party for party in action.parties if party.is_responsible]) == 1]
    ending = f", for {len(alone) or 'none'} of them alone" if own else ""
    if len(told) > MOST_PLANS:
        told = [line(f"{len(told)} plans make it responsible for {counted(len(own), 'action')}")]
    yield Sentence(line(joined(told, "; "), ending, "."))
    if own:
        yield Sentence(line("By date: ", times_in_words(own), "."))
    asked = [row for row in facts.about.get("decides", []) if row["status"] == "requested"]
    if asked:
        names = and_list(dict.fromkeys(Run(row["otherName"], row["other"]) for row in asked))
        yield Sentence(line("It is asked for a decision: ", names, "."), places_of(asked))
    if further := [action for action in facts.actions if action not in own]:
        verb = "concerns" if len(further) == 1 else "concern"
        yield Sentence(line(capital(numbers_of(further)), f" {verb} it without making it responsible."))


def _programmes(facts: _Facts) -> Iterator[Sentence]:
    rows = {row["other"]: row for row in facts.about.get(_OWNS, [])}
    for iri, row in rows.items():
        under = [action for action in facts.actions if iri in {programme.iri for programme in action.programmes}]
        name = Run(row["otherName"], iri)
        told = line(name, ": ", _runs_under(under), "; ")
        state = row["status"] or "no status is stated"
        period = row["period"] or "no period is stated"
        stated = [each for each in facts.about[_OWNS] if each["other"] == iri]
        yield Sentence(line(told, f"{state}; {period}."), places_of(stated))


def _runs_under(actions: Sequence[Action]) -> Line:
    if not actions:
        return line("no action names it")
    return line(counted(len(actions), "action"), " (", numbers_of(actions), ")")


def _overlaps(facts: _Facts) -> Iterator[Sentence]:
    number = len([peer for peer in facts.peers if not peer.is_founding])
    if facts.is_everywhere:
        yield Sentence(line("Overlaps with it are not counted, as with any secretariat."))
    elif number:
        others = "one other body" if number == 1 else f"{number_in_words(number)} other bodies"
        yield Sentence(line(f"Work of {facts.short} meets that of {others}", _left_out(facts), "."))
    else:
        yield Sentence(line("No work of another body on the same thing was found."))
        if open_rows := [action for action in facts.own if action.open_groups]:
            yield Sentence(line("That says little of ", numbers_of(open_rows), ", which leave others unnamed."))


def _left_out(facts: _Facts) -> Line:
    """Return which other bodies are not counted, although actions name them."""
    apart = [row["name"] for iri, row in facts.bodies.items() if row["kind"] == _SECRETARIAT and int(row["actions"])]
    return line("; ", and_list(apart), " is" if len(apart) == 1 else " are", " left out") if apart else line("")


def _asked(facts: _Facts) -> Iterator[Sentence]:
    rows: dict[tuple[str, str], list[Row]] = {}
    for relation in wording().asked:
        for row in facts.about.get(relation, []):
            rows.setdefault((relation, row["other"]), []).append(row)
    ranked = sorted(rows.items(), key=lambda one: one[1][0]["status"] not in _TOLD_FIRST)
    for (relation, other), found in ranked:
        row = found[0]
        told = "; ".join(filter(None, (row["status"], row["period"] or "no date is stated")))
        verb = capital(line(wording().asked[relation]))
        yield Sentence(line(verb, ": ", Run(row["otherName"], other), f" ({told})."), places_of(found))


def _open(facts: _Facts) -> Iterator[Sentence]:
    yield from open_points(facts.own)
    yield from points_of(facts.source.ask(DISCREPANCIES, body=facts.body))
    rows = [(capital(numbers_of([action])), action.iri) for action in facts.own]
    owned = [(line(run), run.iri) for run in facts.others(_OWNS)]
    yield from checks_on(facts.source, [(line(facts.short), facts.body), *rows, *owned])
