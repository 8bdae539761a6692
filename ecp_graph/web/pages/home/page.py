"""``/``: the plan at a glance, with links to the rest of the site."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from ecp_graph.errors import EndpointError, QueryTimeout, ResultTooLarge, WorkerLost
from ecp_graph.overlap.counting import (
    PAIRS,
    RELATIONS,
    WRITTEN_CODES,
    Meeting,
    meetings,
    relations,
    written_codes,
)
from ecp_graph.queries.catalogue import Catalogue
from ecp_graph.sparql.moments import day, period
from ecp_graph.sparql.results import Term
from ecp_graph.web.http.errors import ERROR_HEADER, status_of
from ecp_graph.web.http.responses import page
from ecp_graph.web.pages import has_page
from ecp_graph.web.pages.optional import is_there
from ecp_graph.web.pages.overlap.asked import cell_of
from ecp_graph.web.show.findings import Piece, ShownRule, current_report, current_rules
from ecp_graph.web.show.names import name_of
from ecp_graph.web.show.panels import Panel, Row, panel, panel_of_first
from ecp_graph.web.show.terms import link
from ecp_graph.web.state.site import site

__all__ = ["Chapter", "blueprint", "chapters"]

blueprint = Blueprint("home", __name__)

#: The questions of the page, with the values that they are asked with (everything due, whatever the years of the plan),
#: and the columns that the page reads; a workspace may lack a query, or have another one of its name.
_PANELS: Final[dict[str, tuple[dict[str, str], str]]] = {
    "plans-at-a-glance": ({}, "name status begins ends chapters actions bodies programmes plan"),
    "goals": ({}, "number title serving possiblyServing goal"),
    "contents": ({}, "planName chapterNumber chapterName number title timeframe timeframeKind plan chapter action"),
    "actions-due": (
        {"from": "1900-01-01", "until": "2999-12-31"},
        "begins ends number title bodies timeframe timeframeKind action",
    ),
    "actions-by-timeframe": ({}, "timeframeKind actionCount kind"),
    "bodies": ({}, "code name kind actions body"),
    "bodies-load": ({}, "party kind actionCount"),
    PAIRS: ({}, "bodyA bodyB meetOn memberA memberB"),
    RELATIONS: ({}, "lower lowerCode relation upper upperCode certainty"),
    WRITTEN_CODES: ({}, "thing written"),
}
#: The question that a large plan has too many rows for; the page shows the first ones, and says so.
_LONGEST: Final = "contents"
_MOST_PAIRS: Final = 5
#: Plans that the page tells of one by one; more are a table, of so many, with these counts.
_MOST_TOLD: Final = 5
_MOST_PLANS: Final = 300
_COUNTS: Final = ("chapters", "actions", "bodies")
#: Actions that the page lists by chapter; of more it says how many there are in each.
_MOST_ACTIONS: Final = 200
_MOST_BODIES: Final = 12
#: What the first screen has of what is due, and of the sentences of what is unclear.
_MOST_DUE: Final = 6
_MOST_SENTENCES: Final = 2
_MOST_RESPONSES: Final = 2
#: Seconds until a question that asked too much is tried again: the server may have been busy.
_TRY_AGAIN_S: Final = 60.0
#: Seconds for a question when the others have taken the time of the page: what is kept needs none. And the share of the
#: time that counts as the whole.
_LEAST_S: Final = 0.1
_NEARLY: Final = 0.9
#: The tag of the queries that the page puts first.
_FEATURED: Final = "featured"


@dataclass(frozen=True)
class Chapter:
    """One chapter of a plan with the rows of its actions, in order; without IRI for actions under no heading."""

    plan: str
    plan_name: str
    iri: str
    number: str
    title: str
    actions: tuple[Row, ...]


@dataclass(frozen=True)
class Sentence:
    """What is unclear, as a sentence; the number of its finding on the page of findings, and for how many it holds."""

    words: tuple[Piece, ...]
    number: int
    times: int = 1


@dataclass(frozen=True)
class ToDo:
    """What is to be done about findings, how many they are, and what the first of them say."""

    response: str
    number: int
    sentences: Sequence[Sentence]


@blueprint.get("/")
def index() -> Response:
    """The page; over plain files, which have no catalogue, it leads to the endpoint."""
    catalogue = site().catalogue
    if catalogue is None:
        return redirect(url_for("sparql.endpoint"))
    asked, refused = _asked(catalogue)
    report = current_report()
    found = chapters(_rows(asked, "contents"))
    apart = _values(asked, "bodies", "kind")
    plans = _rows(asked, "plans-at-a-glance")
    response = page(
        "home/home.html",
        is_passing=bool(refused),
        asked=asked,
        left_out=[catalogue[name] for name in refused],
        plans=plans,
        is_table=len(plans) > _MOST_TOLD,
        most_plans=_MOST_PLANS,
        counts=_COUNTS,
        goals=[row for row in _rows(asked, "goals") if int(row["serving"]) + int(row["possiblyServing"])],
        chapters=found,
        times=_values(asked, "contents", "timeframeKind"),
        is_long=sum(len(chapter.actions) for chapter in found) > _MOST_ACTIONS,
        due=_due(asked),
        timeless=_timeless(_rows(asked, "actions-by-timeframe"), _rows(asked, "actions-due")),
        bodies=_bodies(_rows(asked, "bodies")),
        apart=apart,
        left_out_bodies=[row["name"] for row in _carrying(_rows(asked, "bodies")) if row["kind"] in apart],
        notice=_notice(),
        groups=[row for row in _rows(asked, "bodies-load") if row["kind"] != "body"],
        meetings=_meetings(asked),
        offers_checks=is_there("check.form"),
        report=report,
        unclear=_unclear(),
        featured=[query for query in catalogue.values() if _FEATURED in query.tags],
        topics=catalogue.topics(),
        questions=len(catalogue),
        period=period,
        address=_address,
    )
    if refused:
        response.headers[ERROR_HEADER] = next(iter(refused.values()))
    return response


def chapters(rows: Sequence[Row]) -> list[Chapter]:
    """Return the chapters of the rows of ``contents``, each with its actions."""
    found = []
    for (plan, iri), of_chapter in groupby(rows, key=lambda row: (row["plan"], row["chapter"])):
        actions = list(of_chapter)
        first = actions[0]
        held = tuple(row for row in actions if row["action"])
        found.append(Chapter(plan, first["planName"], iri, first["chapterNumber"], first["chapterName"], held))
    return found


def _asked(catalogue: Catalogue) -> tuple[dict[str, Panel], dict[str, str]]:
    """Return the panels for which the catalogue has a query with the columns that are read.

    And the codes of the errors of those that ask more of a large plan than a page may: the others are shown without
    them. All together have the time of one query; a remote store, of which nothing is kept, has it for each.
    """
    deadline = time.monotonic() + site().settings.timeout if site().current.is_fixed else math.inf
    found: dict[str, Panel] = {}
    refused: dict[str, str] = {}
    for name, (given, columns) in _PANELS.items():
        if name not in catalogue:
            continue
        query = catalogue[name]
        if not set(given) <= {parameter.name for parameter in query.parameters}:
            continue
        if query.kind == "table" and set(columns.split()) <= {column.name for column in query.columns}:
            asked = _panel(name, given, deadline)
            if isinstance(asked, str):
                refused[name] = asked
            else:
                found[name] = asked
    return found, refused


def _panel(name: str, given: dict[str, str], deadline: float) -> Panel | str:
    """Return a panel, or the code of the error of one that asks too much.

    If it had the whole time it is not tried again for a while, so that the next request has time for those that had
    none.
    """
    started = time.monotonic()
    given_up: dict[str, tuple[float, str]] = site().keep("given up by the first page", dict)
    until, code = given_up.get(name, (0.0, ""))
    if started < until:
        return code
    try:
        with site().within(max(_LEAST_S, deadline - started)):
            most_rows = _most_rows(name)
            return panel(name, **given) if most_rows is None else panel_of_first(name, most_rows, **given)
    except EndpointError:  # of a remote store, which says more than that a part is left out
        raise
    except (QueryTimeout, ResultTooLarge, WorkerLost) as problem:
        timeout_s = site().settings.timeout
        _, code = status_of(problem)
        if not isinstance(problem, QueryTimeout) or deadline - started > timeout_s * _NEARLY:
            given_up[name] = time.monotonic() + max(_TRY_AGAIN_S, 10 * timeout_s), code
        return code


def _most_rows(name: str) -> int | None:
    """Return how many rows of a question the page reads; None for all of them."""
    if name == _LONGEST:
        return site().bounds.contents
    return _MOST_PAIRS if name == PAIRS else None


def _rows(asked: dict[str, Panel], name: str) -> tuple[Row, ...]:
    return asked[name].rows if name in asked else ()


def _values(asked: dict[str, Panel], name: str, column: str) -> Mapping[str, str]:
    """Return what the header of a question says of the values of a column; nothing for one that was not asked."""
    return asked[name].query.values_of(column) if name in asked else {}


def _meetings(asked: dict[str, Panel]) -> list[tuple[Meeting, str | None]]:
    """Return the first pairs of bodies that meet on something, peers first, each with the address of its cell."""
    written = written_codes(_rows(asked, WRITTEN_CODES))
    found = meetings(_rows(asked, PAIRS), written, relations(_rows(asked, RELATIONS), written))[:_MOST_PAIRS]
    has_cells = has_page("overlap.cell") and site().current.is_fixed
    return [(meeting, cell_of(meeting.one, meeting.other) if has_cells else None) for meeting in found]


def _notice() -> str:
    """Return what the workspace says that this site is."""
    workspace = site().workspace
    return str(workspace.about.site.get("notice", "")) if workspace else ""


def _sentences(rule: ShownRule) -> list[Sentence]:
    """Return what a rule found: the sentence that its findings share, or that of each."""
    if rule.sentence:
        return [Sentence(rule.sentence, rule.findings[0].number, len(rule.findings))]
    return [Sentence(finding.sentence, finding.number) for finding in rule.findings]


def _unclear() -> list[ToDo]:
    """Return what is to be done about findings, the most urgent first, with the first sentences of the first ones."""
    found: dict[str, list[ShownRule]] = {}
    for rule in current_rules():
        found.setdefault(rule.response, []).append(rule)
    to_do: list[ToDo] = []
    for response, of_response in found.items():
        sentences = [sentence for rule in of_response for sentence in _sentences(rule)]
        told = sentences[:_MOST_SENTENCES] if len(to_do) < _MOST_RESPONSES else []
        to_do.append(ToDo(response, sum(len(rule.findings) for rule in of_response), told))
    return to_do


def _due(asked: dict[str, Panel]) -> list[tuple[str, list[Row]]]:
    """Return what falls due, by the day on which it does, the earliest first; codes are as documents write them."""
    written = written_codes(_rows(asked, WRITTEN_CODES))
    codes = {row["code"]: written.get(row["body"], row["code"]) for row in _rows(asked, "bodies")}
    rows = [
        {**row, "bodies": ", ".join(codes.get(code, code) for code in row["bodies"].split(", "))}
        for row in _rows(asked, "actions-due")[:_MOST_DUE]
    ]
    return [(day(ends), list(found)) for ends, found in groupby(rows, key=lambda row: row["ends"])]


def _timeless(kinds: Sequence[Row], due: Sequence[Row]) -> list[tuple[str, Row]]:
    """Return the kinds of timeframes that have no date, by name, with their counts."""
    dated = {row["timeframeKind"] for row in due}
    left = [row for row in kinds if row["timeframeKind"] not in dated]
    return [(name_of(row["kind"]) if row["kind"] else row["timeframeKind"], row) for row in left]


def _carrying(rows: Sequence[Row]) -> list[Row]:
    """Return the bodies that are responsible for actions."""
    return [row for row in rows if int(row["actions"] or 0)]


def _bodies(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the bodies that are responsible for actions, each with its share of the longest bar from 0 to 100."""
    carrying = _carrying(rows)[:_MOST_BODIES]
    most = max((int(row["actions"]) for row in carrying), default=1)
    return [{**row, "width": round(100 * int(row["actions"]) / most, 1)} for row in carrying]


def _address(iri: str) -> str | None:
    return link(Term("iri", iri))
