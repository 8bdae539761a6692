"""The briefing of a plan: its chapters, who carries how much, its dates, what it says of other plans, what is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ecp_graph.briefs.actions import (
    ENTRIES,
    Action,
    actions_of,
    numbers_of,
    open_points,
    section_by_date,
    times_in_words,
)
from ecp_graph.briefs.asking import BODIES, DOCUMENTS, Row, Rows, Source
from ecp_graph.briefs.discrepancies import DISCREPANCIES, checks_on, points_of
from ecp_graph.briefs.model import Brief, Column, Run, Section, Sentence, Table, TableRow, line
from ecp_graph.briefs.overlaps import (
    BETWEEN_PLANS,
    DESCENT,
    IN_PLAN,
    KINDS,
    meetings_in_plan,
    related_in_words,
    with_other_plans,
)
from ecp_graph.briefs.placing import places_of
from ecp_graph.briefs.wording import and_list, capital, counted, date_in_words, joined
from ecp_graph.overlap.counting import PAIRS, RELATIONS, WRITTEN_CODES, Meeting, meetings, relations, written_codes

__all__ = ["QUERIES", "brief_of_plan"]

_AT_A_GLANCE: Final = "plans-at-a-glance"
_CHAPTERS: Final = "chapters"
_PLANS: Final = "plans"
_RELATIONS: Final = "plan-relations"
#: The queries of the catalogue without which there is no briefing of a plan.
QUERIES: Final = (
    _AT_A_GLANCE,
    BODIES,
    _CHAPTERS,
    _PLANS,
    _RELATIONS,
    BETWEEN_PLANS,
    DISCREPANCIES,
    DOCUMENTS,
    ENTRIES,
    IN_PLAN,
    KINDS,
    PAIRS,
    RELATIONS,
    WRITTEN_CODES,
)
_ANNEXED: Final = "annexed to it"
_RELEVANT: Final = "is relevant to"
_OF_THIS_PLAN: Final = (
    "Counted are the rows of this plan alone; joint sessions and decisions, which are no rows of it, are left out."
)
#: Other plans that are told by their names; of more it is said how many.
_MOST_PLANS: Final = 8
#: Relations that the summary tells, with its words for them.
_HISTORY: Final = {"is drafted by": "it was drafted by ", "has previous phase": "it follows "}


def brief_of_plan(source: Source, plan: str, name: str) -> Brief:
    """Return the briefing of a plan, given its IRI and its name; raises what the source raises when asked."""
    facts = _Facts(source, plan, name)
    sections = (
        Section("summary", "Summary", paragraphs=tuple(map(tuple, _summary(facts)))),
        Section("chapters", "Its chapters", table=_chapters(facts)),
        Section("load", "Who carries how much", table=_load(facts)),
        section_by_date(facts.actions),
        Section("same-thing", "Where bodies work on the same thing", (tuple(_founded(facts)),), _meetings(facts)),
        Section("plans", "What it says of other plans", points=tuple(_other_plans(facts))),
        Section("open", "What the document leaves open", points=tuple(_open(facts))),
    )
    shown = tuple(section for section in sections if not section.is_empty)
    kept = source.confidential({plan})
    return Brief("Briefing of a plan", plan, name, shown, source.version, source.dated, confidential=kept)


@dataclass
class _Facts:
    """What the catalogue says of a plan, asked once."""

    source: Source
    plan: str
    name: str

    @cached_property
    def called(self) -> dict[str, str]:
        """The names of bodies and programmes for reading, by IRI: the code as documents write it, else the name."""
        names = {row["body"]: row["name"] for row in self.source.ask(BODIES)}
        return names | written_codes(self.source.ask(WRITTEN_CODES))

    def name_of(self, iri: str, name: str) -> str:
        """Return the name for reading of a thing with that name."""
        return self.called.get(iri, name)

    @cached_property
    def own(self) -> list[Action]:
        """The actions of the plan in its own order."""
        return actions_of(self.source.ask(ENTRIES, plan=self.plan), self.name_of)

    @cached_property
    def actions(self) -> list[Action]:
        """The actions of the plan; those of others that run under it, where it has none, as a work programme."""
        return self.own or actions_of(self.source.ask(ENTRIES, programme=self.plan), self.name_of)

    @cached_property
    def chapters(self) -> Rows:
        """The chapters of the plan."""
        return self.source.ask(_CHAPTERS, plan=self.plan)

    @cached_property
    def relations(self) -> Rows:
        """How the plan relates to others and to bodies."""
        return self.source.ask(_RELATIONS, plan=self.plan)

    @cached_property
    def carriers(self) -> dict[Run, list[Action]]:
        """The actions of each body that is responsible, the most first; open groups of one wording are one."""
        found: dict[Run, list[Action]] = {}
        for action in self.actions:
            for party in action.parties:
                if party.is_responsible:
                    run = Run(f"“{party.name}”, not named") if party.is_open else party.run
                    found.setdefault(run, []).append(action)
        named = sorted(found.items(), key=lambda one: (not one[0].iri, -len(one[1]), one[0].text))
        return dict(named)

    @cached_property
    def is_of_several(self) -> bool:
        """Whether other plans have actions too."""
        return len(self.source.ask(_AT_A_GLANCE)) > 1

    @cached_property
    def meetings(self) -> list[Meeting]:
        """Pairs of bodies that meet, peers first; none for a plan without actions of its own.

        Beside other plans those count that actions of this one alone prove.
        """
        if not self.own:
            return []
        related = relations(self.source.ask(RELATIONS), self.called)
        if self.is_of_several:
            rows = self.source.ask(IN_PLAN, plan=self.plan)
            return meetings_in_plan(rows, self.called, related, self.source.causes)
        bodies = {run.iri for run in self.carriers}
        pairs = [row for row in self.source.ask(PAIRS) if {row["memberA"], row["memberB"]} & bodies]
        return meetings(pairs, self.called, related)

    @cached_property
    def with_others(self) -> list[tuple[Run, int]]:
        """The plans with which actions of the plan have findings of overlap, with their number, the most first."""
        return with_other_plans(self.plan, self.source.ask(BETWEEN_PLANS)) if self.own and self.is_of_several else []

    def rows_of(self, *relations_: str) -> list[Row]:
        """Return how the plan relates to others in these ways."""
        return [row for relation in relations_ for row in self.relations if row["relation"] == relation]

    def others(self, relation: str) -> list[Run]:
        """Return the others to which the plan has a relation, each once."""
        rows = self.rows_of(relation)
        return list(dict.fromkeys(Run(self.name_of(row["other"], row["otherName"]), row["other"]) for row in rows))


def _summary(facts: _Facts) -> Iterator[Iterable[Sentence]]:
    yield _what_it_is(facts)
    yield _what_it_holds(facts)


def _what_it_holds(facts: _Facts) -> Iterator[Sentence]:
    if facts.own:
        programmes = {programme.iri for action in facts.own for programme in action.programmes}
        told = line("It has ", counted(len(facts.own), "action"))
        told = line(told, f" in {counted(len(facts.chapters), 'chapter')}" if facts.chapters else "")
        told = line(told, f", under {counted(len(programmes), 'work programme')}" if programmes else "")
        yield Sentence(line(told, "."))
    else:
        plans = list(dict.fromkeys(Run(action.plan_name, action.plan) for action in facts.actions))
        told = (
            line(counted(len(facts.actions), "action of ", "actions of "), and_list(plans))
            if plans
            else line("No action")
        )
        yield Sentence(line(told, " runs under it." if len(facts.actions) < 2 else " run under it."))
    if facts.actions:
        yield Sentence(line("By date: ", times_in_words(facts.actions), "."))
    if named := [line(run, f" ({len(found)})") for run, found in facts.carriers.items() if run.iri]:
        yield Sentence(line("Responsible are ", and_list(named), "."))
    if unnamed := [action for action in facts.actions if action.open_groups]:
        rows = counted(len(unnamed), "row also names", "rows also name")
        yield Sentence(line(f"{rows} bodies without saying which."))
    if met := [meeting for meeting in facts.meetings if not _is_founding(meeting)]:
        pairs = counted(len(met), "pair of bodies works", "pairs of bodies work")
        peers = sum(meeting.is_between_peers for meeting in met)
        of_peers = "all of them peers" if peers == len(met) else f"in {peers or 'none'} of them the two are peers"
        yield Sentence(line(f"{pairs} on the same thing, {of_peers}."))
    if others := facts.with_others:
        findings = counted(sum(number for _, number in others), "finding")
        plans_met = counted(len(others), "other plan")
        yield Sentence(line(f"Its rows have {findings} of overlap with those of {plans_met}."))


def _what_it_is(facts: _Facts) -> Iterator[Sentence]:
    row: Mapping[str, str] = next((row for row in facts.source.ask(_PLANS) if row["plan"] == facts.plan), {})
    kind = row.get("kind") or "plan"
    told = line(facts.name, f" is {'an' if kind[:1] in 'aeiou' else 'a'} {kind}")
    begins, ends = row.get("begins", ""), row.get("ends", "")
    if begins and ends:
        told = line(told, f" for {date_in_words(begins)} to {date_in_words(ends, is_end=True)}")
    elif row.get("periods"):
        told = line(told, f" for {row['periods']}")
    else:
        told = line(told, " for which no period is stated")
    status = row.get("status", "")
    told = line(told, f"; its status is “{status}”" if status else "; no status is stated")
    yield Sentence(line(told, "."))
    parts = []
    for relation, words in _HISTORY.items():
        if others := facts.others(relation):
            parts.append(line(words, and_list(others)))
    documents = [
        row
        for row in facts.source.ask(DOCUMENTS)
        if row["plan"] == facts.plan and row["relation"] == _ANNEXED and row["document"]
    ]
    if documents:
        names = and_list(Run(row["documentName"], row["document"]) for row in documents)
        parts.append(line("it is annexed to ", names))
    if parts:
        whole = and_list(parts)
        yield Sentence(line(capital(whole), "."), places_of(facts.rows_of(*_HISTORY)))


def _chapters(facts: _Facts) -> Table:
    rows = []
    for row in facts.chapters:
        first, last = row["firstAction"], row["lastAction"]
        span = first if first == last else f"{first} to {last}"
        aims = [f"activity {row['activityNumber']}"] if row["activityNumber"] else []
        aims += [f"goal {row['goalNumber']}"] if row["goalNumber"] else []
        rows.append(
            TableRow(
                (
                    line(Run(row["number"], row["chapter"])),
                    line(Run(row["title"], row["chapter"])),
                    line(f"{row['actionCount']} ({span})" if span else row["actionCount"]),
                    line(", ".join(aims) or "none stated"),
                )
            )
        )
    columns = (Column("No.", 5), Column("Chapter", 63), Column("Actions", 16), Column("Takes up", 16))
    return Table(columns, tuple(rows))


def _load(facts: _Facts) -> Table:
    rows = []
    for run, found in facts.carriers.items():
        alone = sum(len([party for party in action.parties if party.is_responsible]) == 1 for action in found)
        numbers = joined((line(action.run) for action in found), ", ")
        rows.append(TableRow((line(run), line(str(len(found))), line(str(alone) if run.iri else ""), numbers)))
    columns = (Column("Body", 40), Column("Actions", 9), Column("Alone", 8), Column("Rows", 43))
    return Table(columns, tuple(rows))


def _meetings(facts: _Facts) -> Table:
    kinds = {row["kind"]: row["kindName"] for row in facts.source.ask(KINDS)}
    rows = [
        TableRow(
            (
                line(Run(meeting.one_code, meeting.one), " and ", Run(meeting.other_code, meeting.other)),
                line(meeting.meet_on),
                line(_kinds_in_words(meeting.kinds, kinds)),
                line(related_in_words(meeting.relations) or "neither, as far as is known"),
            )
        )
        for meeting in facts.meetings
        if not _is_founding(meeting)
    ]
    columns = (Column("Bodies", 24), Column("Meet on", 24), Column("How", 24), Column("Who answers to whom", 28))
    return Table(columns, tuple(rows))


def _is_founding(meeting: Meeting) -> bool:
    """Whether nothing but a founding act joins the two."""
    return {count.rpartition(" ")[0] for count in meeting.kinds.split(", ")} == {DESCENT}


def _founded(facts: _Facts) -> Iterator[Sentence]:
    if facts.own and facts.is_of_several:
        yield Sentence(line(_OF_THIS_PLAN))
        yield from _with_other_plans(facts)
    for meeting in facts.meetings:
        if _is_founding(meeting):
            told = related_in_words(meeting.relations) or f"{meeting.one_code} and {meeting.other_code}"
            yield Sentence(line(f"Merely a founding act joins these: {told}."))


def _with_other_plans(facts: _Facts) -> Iterator[Sentence]:
    found = facts.with_others
    if not found:
        yield Sentence(line("No overlap was found between its rows and those of other plans."))
        return
    findings = counted(sum(number for _, number in found), "finding")
    told = and_list((line(plan, f" ({number})") for plan, number in found), _MOST_PLANS)
    yield Sentence(line(f"Its rows have {findings} of overlap with those of ", told, "."))


def _kinds_in_words(counts: str, names: Mapping[str, str]) -> str:
    """Return kinds with their numbers, ``joint 1, programme 3``, by their names: ``1 joint, 3 through a programme``."""
    told = (count.rpartition(" ") for count in counts.split(", ") if count)
    return ", ".join(f"{number} {names.get(kind, kind)}" for kind, _, number in told)


def _other_plans(facts: _Facts) -> Iterator[Sentence]:
    for relation in dict.fromkeys(row["relation"] for row in facts.relations):
        if relation not in {*_HISTORY, _RELEVANT}:
            rows = facts.rows_of(relation)
            yield Sentence(line(f"It {relation} ", and_list(facts.others(relation)), "."), places_of(rows))
    if others := facts.others(_RELEVANT):
        told = line("It says that it is relevant to ", and_list(others), ".")
        yield Sentence(told, places_of(facts.rows_of(_RELEVANT)))


def _open(facts: _Facts) -> Iterator[Sentence]:
    if idle := _listed_without_action(facts):
        yield Sentence(line("It is said to be relevant to ", and_list(idle), ", which no row names."))
    yield from open_points(facts.actions)
    yield from points_of(facts.source.ask(DISCREPANCIES, plan=facts.plan))
    rows = [(capital(numbers_of([action])), action.iri) for action in facts.actions]
    programmes = dict.fromkeys(programme.run for action in facts.actions for programme in action.programmes)
    yield from checks_on(
        facts.source, [(line(facts.name), facts.plan), *((line(run), run.iri) for run in programmes), *rows]
    )


def _listed_without_action(facts: _Facts) -> list[Run]:
    involved = {party.iri for action in facts.actions for party in action.parties}
    return [run for run in facts.others(_RELEVANT) if run.iri not in involved]
