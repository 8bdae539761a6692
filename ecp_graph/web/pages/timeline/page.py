"""``/timeline``: the actions in time, drawn as SVG under the plans and events, and the same as a table."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from flask import Blueprint, Response, request, url_for

from ecp_graph.queries.catalogue import Query
from ecp_graph.queries.sheets import about_query, headings_of
from ecp_graph.sparql.columns import heading
from ecp_graph.sparql.results import Table, Term
from ecp_graph.web.drawings.frame import Caption, caption_of, picture_response
from ecp_graph.web.http.downloads import table_as
from ecp_graph.web.http.embedding import framed_by_others, is_embedded
from ecp_graph.web.http.responses import page
from ecp_graph.web.pages import NavigationEntry
from ecp_graph.web.pages.actions.choice import FACETS, LIST, TIMES, ActionList, Selection, action_list, selection_of
from ecp_graph.web.pages.actions.facets import positions
from ecp_graph.web.pages.timeline.axis import moment_of
from ecp_graph.web.pages.timeline.chart import (
    NARROW,
    WIDE,
    Chart,
    Entry,
    Group,
    Kind,
    Layout,
    Span,
    charts_of,
    plan_stretch,
)
from ecp_graph.web.pages.timeline.summary import summary_of
from ecp_graph.web.show.panels import Panel, Row, panel, panel_of_first
from ecp_graph.web.show.terms import local_path

__all__ = ["ENTRY", "blueprint"]

blueprint = Blueprint("timeline", __name__)
_SPANS: Final = "timeline"
ENTRY: Final = NavigationEntry("Timeline", "timeline.index", (_SPANS, LIST, TIMES, FACETS))

#: By which facet rows are grouped without a word in the address: where they are of several plans, each says of which.
_GROUPED_BY: Final = "timeframe"
_PLAN: Final = "plan"
#: Rows of one picture of the page, and of all its pictures; more are on further pages, under a summary.
_ROWS_OF_PICTURE: Final = 40
_MOST_ROWS: Final = 400
#: Plans and events that stand above the rows, and in their table.
_MOST_SPANS: Final = 200
#: The word in the address for an axis that holds everything with a date, and not the plans of the rows alone.
_ALL: Final = "all"
#: The kinds of entries that stand above the actions.
_DRAWN_ABOVE: Final = frozenset({"event", "plan"})
#: How a time without a date can be drawn, by the word that the header of the times has for its kind.
_DATELESS: Final[dict[str, Kind]] = {"continuous": "continuous", "recurrent": "recurrent"}


#: A group of rows: its name, and the rows as places in the list.
Rows: TypeAlias = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class Asked:
    """What an address asks for: the choice of rows, what they are grouped by, and the rows as places in the list."""

    actions: ActionList
    selection: Selection
    by: str
    is_whole: bool
    groups: tuple[Rows, ...]

    @property
    def state(self) -> dict[str, Any]:
        """The values of the query string."""
        by = {"by": self.by} if self.by != _usual(self.actions, self.selection) else {}
        return self.selection.address | by | ({"span": _ALL} if self.is_whole else {})

    @property
    def found(self) -> int:
        """How many rows there are, a row in two groups counted in each."""
        return sum(len(rows) for _, rows in self.groups)


@blueprint.get("/timeline")
def index() -> Response:
    """The page: the picture, and below it the same rows, plans and events as tables."""
    asked = _asked()
    spans = panel(_SPANS)
    pages = max(1, -(-asked.found // _MOST_ROWS))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    shown = _part(asked.groups, (number - 1) * _MOST_ROWS, _MOST_ROWS)
    response = page(
        "timeline/index.html",
        embedded=is_embedded(),
        caption=_caption(asked),
        embed=url_for("timeline.index", embed=1, _external=True, **asked.state),
        asked=asked,
        facets=asked.actions.facets.facets,
        label=_label,
        charts=_charts(asked, shown, spans, rows=_ROWS_OF_PICTURE),
        narrow=_charts(asked, shown, spans, rows=_ROWS_OF_PICTURE, layout=NARROW),
        shown=shown,
        first=(number - 1) * _MOST_ROWS + 1,
        last=min(number * _MOST_ROWS, asked.found),
        number=number,
        pages=pages,
        summary=summary_of(asked.actions, asked.groups, asked.by) if pages > 1 else None,
        address=_address(asked),
        times=panel_of_first(TIMES, 1),
        spans=spans,
        span_rows=_span_rows(spans),
        most_spans=_MOST_SPANS,
        meant=spans.query.values_of("span"),
    )
    return framed_by_others(response)


@blueprint.get("/timeline.svg")
def picture() -> Response:
    """The whole picture on one sheet, with its own colours, links to this host's pages and nothing from elsewhere."""
    asked = _asked()
    charts = _charts(asked, asked.groups, panel(_SPANS))
    caption = _caption(asked)
    size = (charts[0].width, charts[0].height) if charts else (0, 40)
    return picture_response(
        "timeline/alone.svg", "timeline", caption, size, charts=charts, host=request.host_url.rstrip("/")
    )


@blueprint.get("/timeline.<extension>")
def download_as(extension: str) -> Response:
    """The rows of the picture as CSV, XLSX or JSON: the group, and what the query of the times gives."""
    asked = _asked()
    whole = asked.actions.terms
    rows = [(Term("literal", name), *whole.rows[at]) for name, found in asked.groups for at in found]
    query = _query_of_times()
    about = about_query(query, asked.selection.address, _caption(asked).facts)
    headings = {"group": _label(asked.by), **headings_of(query)}
    table = Table(("group", *whole.columns), tuple(rows))
    return table_as(table, extension, "timeline", also=("svg",), headings=headings, about=about)


def _asked() -> Asked:
    actions = action_list()
    facets = actions.facets.facets
    selection = selection_of(request.args, actions)
    by = request.args.get("by", "")
    by = by if by in facets else _usual(actions, selection)
    left = actions.narrow(selection).things
    groups = []
    for value in facets[by].values if by in facets else ():
        if rows := positions(value.things & left):
            groups.append((_group_name(value.has_code, value.code, value.name), tuple(_in_time(actions, rows))))
    if by not in facets and (rows := positions(left)):
        groups = [("", tuple(_in_time(actions, rows)))]
    if by == _GROUPED_BY:
        groups.sort(key=lambda group: min(_moment(actions, at) for at in group[1]))
    return Asked(actions, selection, by, request.args.get("span") == _ALL, tuple(groups))


def _usual(actions: ActionList, selection: Selection) -> str:
    """Return by which facet the rows of a choice are grouped unless the address says it."""
    is_of_several = _PLAN in actions.facets.facets and len(selection.chosen.get(_PLAN, ())) != 1
    return _PLAN if is_of_several else _GROUPED_BY


def _caption(asked: Asked) -> Caption:
    chosen = (
        f"{_label(name)}: {', '.join(facet.by_key[key].name for key in keys if key in facet.by_key)}"
        for name, keys in asked.selection.chosen.items()
        if (facet := asked.actions.facets.facets.get(name))
    )
    return caption_of("Actions in time", url_for("timeline.index", **asked.state), notes=chosen)


def _address(asked: Asked) -> Callable[..., str]:
    """Return what gives the address of the same page with some values of its query string replaced."""
    return lambda **changed: url_for("timeline.index", **(asked.state | changed))


def _part(groups: Sequence[Rows], skip: int, most: int) -> list[Rows]:
    """Return the groups with so many of their rows, after some others; without those that have none of them."""
    found = []
    for name, rows in groups:
        if taken := rows[max(0, skip) : max(0, skip + most)]:
            found.append((name, taken))
        skip -= len(rows)
    return found


def _charts(
    asked: Asked, shown: Sequence[Rows], spans: Panel, *, rows: int | None = None, layout: Layout = WIDE
) -> list[Chart]:
    groups = _groups(asked, shown)
    plans = {asked.actions.rows[at]["plan"] for _, rows_of_group in shown for at in rows_of_group}
    between = None if asked.is_whole else plan_stretch(groups)
    return charts_of(groups, _spans(spans, plans), rows=rows, between=between, layout=layout)


def _label(name: str) -> str:
    words = heading(name)
    return words[:1].upper() + words[1:]


def _group_name(has_code: bool, code: str, name: str) -> str:
    words = name[:1].upper() + name[1:]
    return f"{code} {words}" if has_code else words


def _moment(actions: ActionList, at: int) -> tuple[bool, str]:
    """The order in time: the end of what has a date, then what has none."""
    ends = actions.rows[at]["ends"]
    return not ends, ends


def _query_of_times() -> Query:
    return panel_of_first(TIMES, 1).query


def _in_time(actions: ActionList, rows: list[int]) -> list[int]:
    return sorted(rows, key=lambda at: _moment(actions, at))


def _groups(asked: Asked, shown: Sequence[Rows]) -> list[Group]:
    drawn = _query_of_times().values_of("timeframeKind")
    return [Group(name, [_entry(asked.actions.rows[at], drawn) for at in rows]) for name, rows in shown]


def _entry(row: Row, drawn: Mapping[str, str]) -> Entry:
    begins, ends = moment_of(row["begins"]), moment_of(row["ends"])
    plan = moment_of(row["planBegins"]), moment_of(row["planEnds"])
    kind = _DATELESS.get(drawn.get(row["timeframeKind"], ""), "none")
    if ends is not None:
        kind = "window" if begins is not None else "deadline"
    return Entry(
        number=row["number"],
        title=row["title"],
        words=row["timeframe"] or "not stated",
        kind=kind,
        href=local_path(row["action"]),
        begins=begins,
        ends=ends,
        plan=(plan[0], plan[1]) if plan[0] and plan[1] and plan[0] < plan[1] else None,
    )


def _span_rows(spans: Panel) -> list[Row]:
    return [row for row in spans.rows if row["kind"] != "action"]


def _spans(spans: Panel, plans: Container[str]) -> list[Span]:
    """Return the plans and events that have a date; where these are very many, the given plans alone."""
    rows = _span_rows(spans)
    if len(rows) > _MOST_SPANS:
        rows = [row for row in rows if row["thing"] in plans]
    found = []
    for row in rows:
        ends = moment_of(row["ends"])
        begins = moment_of(row["begins"]) or ends
        if row["kind"] in _DRAWN_ABOVE and begins and ends:
            found.append(
                Span(
                    row["name"],
                    begins,
                    ends,
                    row["period"],
                    row["status"],
                    local_path(row["thing"]),
                    is_plan=row["kind"] == "plan",
                    is_within=row["span"] == "within",
                )
            )
    return found
