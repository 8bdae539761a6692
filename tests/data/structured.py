"""Dates, events, decisions, editions and derivations of the second reading, looked up in the graph by machine."""

from __future__ import annotations

from typing import Any

from .answers import ANSWERS, READ, Graph, expanded
from .graphs import ECP, ID

Record = dict[str, Any]


def records(kind: str) -> list[tuple[str, Record]]:
    """The records of a kind that have no answer by hand, each with its passage."""
    return [
        (place, record)
        for place, part in READ.items()
        for record in part.get(kind) or []
        if text_of(kind, record) not in (ANSWERS.get(kind) or {}).get(place, ())
    ]


def text_of(kind: str, record: Record) -> str:
    """What an answer by hand is keyed by."""
    return f"{record['what']}: {record['verb']}" if kind == "decisions" else str(record.get("about", ""))


def is_held(kind: str, place: str, record: Record, graph: Graph) -> bool:
    """Whether the readings of a passage hold a record."""
    return _CHECKS[kind](place, record, graph)


def _date(place: str, date: Record, graph: Graph) -> bool:
    things = {term for fact in graph.at(place) for term in (fact.subject, fact.object)}
    if "value" in date:
        issued = "http://purl.org/dc/terms/issued"
        return any(
            date["value"] in graph.values(one, "within") | graph.objects.get((one, issued), set()) for one in things
        )
    return any(_lasts(thing, date, graph) for thing in things)


def _lasts(thing: str, date: Record, graph: Graph) -> bool:
    ends = [(name, date[name]) for name in ("from", "until") if name in date]
    if all(any(value.startswith(end) for value in graph.values(thing, name)) for name, end in ends):
        return True
    return any(all(end in text for _, end in ends) for text in graph.values(thing, "periodText"))


def _events_at(place: str, graph: Graph) -> set[str]:
    return {fact.subject for fact in graph.at(place) if fact.subject.startswith(ID + "event/")}


def _fits(event: str, record: Record, kind: str | None, graph: Graph) -> bool:
    """Whether an event has the kind, the status and the time of a record."""
    statuses = ANSWERS["statuses"][record.get("status", "none given")]
    held = {iri.rpartition("/")[2] for iri in graph.values(event, "eventKind", "eventStatus")}
    if not held & set(statuses) or (kind and not held & set(ANSWERS["kinds"][kind])):
        return False
    times = {when for one in {event, *graph.values(event, "takesPlaceAt")} for when in graph.values(one, "within")}
    return "when" not in record or record["when"] in times


def _event(place: str, record: Record, graph: Graph) -> bool:
    return any(
        _fits(event, record, record.get("kind"), graph)
        and graph.named(record["name"], {event})
        and ("organizer" not in record or graph.named(record["organizer"], graph.values(event, "organizedBy")))
        and all(graph.named(body, graph.values(event, "meetingOf")) for body in record.get("bodies", ()))
        and record.get("count", "") in {"", *graph.values(event, "countText")}
        for event in _events_at(place, graph)
    )


def _decision(place: str, record: Record, graph: Graph) -> bool:
    who = ("decidedBy", "submittedTo", "conductedBy", "organizedBy")
    what = ("concernsPlan", "presentsDocument", "establishesBody", "launchesProgramme")
    for event in _events_at(place, graph):
        parties = {
            f.object for f in graph.at(place) if f.subject == event and f.predicate in {ECP + one for one in who}
        }
        if (
            _fits(event, record, record["verb"], graph)
            and graph.named(record["who"], parties)
            and graph.named(record["what"], graph.values(event, *what))
        ):
            return True
    return False


def _edition(place: str, record: Record, graph: Graph) -> bool:
    name = record["of"].partition(" (")[0]
    issued = "http://purl.org/dc/terms/issued"
    return any(
        record["edition"] in graph.values(one, "editionLabel")
        and graph.named(name, graph.values(one, "editionOf"))
        and ("issued" not in record or record["issued"] in graph.objects.get((one, issued), set()))
        for one in {fact.subject for fact in graph.at(place)}
    )


def _derivation(place: str, record: Record, graph: Graph) -> bool:
    verb = expanded(ANSWERS["derivations"][record["verb"]])
    return any(
        fact.predicate == verb
        and graph.named(record["to"], {fact.subject})
        and graph.named(record["from"], {fact.object})
        for fact in graph.at(place)
    )


_CHECKS = {
    "dates": _date,
    "events": _event,
    "decisions": _decision,
    "editions": _edition,
    "derivations": _derivation,
}
