"""``/timeline``: axis and picture for any span, no date made up, and the page, its SVG and its table agree."""

from __future__ import annotations

import csv
import io
import itertools
import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.drawings.frame import Caption, framed
from ecp_graph.web.pages.timeline.axis import axis_of, moment_of
from ecp_graph.web.pages.timeline.chart import (
    NARROW,
    WIDE,
    Chart,
    Entry,
    Group,
    Layout,
    Mark,
    Span,
    charts_of,
    plan_stretch,
)
from tests.web.conftest import BROWSER

HEADERS = {"Accept": BROWSER}
SVG = "{http://www.w3.org/2000/svg}"
PLAN = (datetime(2017, 1, 1), datetime(2018, 12, 31, 23, 59, 59))


@pytest.fixture(scope="module")
def client(releases: Path) -> FlaskClient:
    return create_app(Settings(releases=releases, timeout=60)).test_client()


def page(client: FlaskClient, query: str = "") -> str:
    response = client.get(f"/timeline{query}", headers=HEADERS)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def drawn(client: FlaskClient, query: str = "") -> ET.Element:
    return ET.fromstring(client.get(f"/timeline.svg{query}").data)


def texts(svg: ET.Element) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


# ---------------------------------------------------------------- the axis


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        ("2017-07-01", "2017-07-31", ["1 Jul 2017", "8 Jul", "15 Jul", "22 Jul", "29 Jul"]),
        ("2017-07-01", "2017-07-04", ["1 Jul 2017", "2 Jul", "3 Jul"]),
        ("2016-12-28", "2017-01-02", ["28 Dec 2016", "29 Dec", "30 Dec", "31 Dec", "1 Jan 2017"]),
        ("2017-01-01", "2018-12-31", ["2017", "Apr", "Jul", "Oct", "2018", "Apr", "Jul", "Oct"]),
        ("2016-11-05", "2017-05-31", ["Nov 2016", "Dec", "2017", "Feb", "Mar", "Apr", "May"]),
        ("2012-12-01", "2018-12-31", ["2013", "2014", "2015", "2016", "2017", "2018"]),
        ("2000-01-01", "2020-01-01", [str(year) for year in range(2000, 2021, 2)]),
        ("1200-01-01", "2020-01-01", [str(year) for year in range(1200, 2001, 100)]),
    ],
)
def test_ticks_fit_the_span(first: str, last: str, labels: list[str]) -> None:
    axis = axis_of(datetime.fromisoformat(first), datetime.fromisoformat(last), left=100, width=760)
    assert [tick.label for tick in axis.ticks] == labels


def test_every_span_has_ticks_with_room_between_them() -> None:
    first = datetime(1950, 3, 17, 11)
    for days in (0, 1, 2, 6, 20, 31, 70, 100, 200, 400, 800, 2_000, 5_000, 10_000, 40_000, 400_000):
        last = first + timedelta(days=days)
        axis = axis_of(first, last, left=0, width=760)
        places = [tick.x for tick in axis.ticks]
        assert 1 <= len(places) <= 13, days
        assert all(b - a > 40 for a, b in itertools.pairwise(places)), days
        assert axis.first <= first <= last <= axis.last
        assert 0 <= axis.at(first) <= axis.at(last) <= 760


def test_outermost_years_have_an_axis() -> None:
    axis = axis_of(datetime(2, 1, 1), datetime(9998, 1, 1), left=0, width=760)
    assert axis.ticks


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2017-07-31T23:59:59", datetime(2017, 7, 31, 23, 59, 59)),
        ("2017-07-31T23:59:59+02:00", datetime(2017, 7, 31, 23, 59, 59)),
        ("2017-07-31", datetime(2017, 7, 31)),
        ("-0044-03-15T00:00:00", None),
        ("12017-01-01T00:00:00", None),
        ("9999-12-31T23:59:59", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_moment_or_none(text: str, moment: datetime | None) -> None:
    assert moment_of(text) == moment


# ---------------------------------------------------------------- the picture


def entry(kind: str, words: str = "as written", **facts: object) -> Entry:
    return Entry("1", "A title", words, kind, None, plan=PLAN, **facts)  # type: ignore[arg-type]


def only_mark(chart: Chart) -> Mark:
    (lane,) = [lane for lane in chart.lanes if not lane.heading]
    (mark,) = lane.marks
    return mark


def one(each: Entry) -> Chart:
    (chart,) = charts_of([Group("Group", [each])], [])
    return chart


def test_a_deadline_is_a_point_at_its_end() -> None:
    end = datetime(2017, 7, 31, 23, 59, 59)
    chart = one(entry("deadline", ends=end))
    mark = only_mark(chart)
    assert (mark.kind, mark.x, mark.width) == ("deadline", chart.axis.at(end), 0)


def test_a_window_is_a_bar_between_its_dates() -> None:
    begin, end = datetime(2017, 4, 1), datetime(2017, 7, 31)
    chart = one(entry("window", begins=begin, ends=end))
    mark = only_mark(chart)
    assert (mark.x, mark.x + mark.width) == (chart.axis.at(begin), chart.axis.at(end))


@pytest.mark.parametrize("kind", ["continuous", "recurrent", "none"])
def test_without_a_date_there_is_the_plan_alone(kind: str) -> None:
    chart = one(entry(kind))
    mark = only_mark(chart)
    assert (mark.kind, mark.x) == (kind, chart.axis.at(PLAN[0]))
    assert mark.x + mark.width == pytest.approx(chart.axis.at(PLAN[1]), abs=0.2)


def test_what_is_off_the_axis_has_no_mark() -> None:
    between = (datetime(2018, 1, 1), datetime(2018, 2, 1))
    (chart,) = charts_of([Group("", [entry("deadline", ends=datetime(2017, 7, 31))])], [], between=between)
    assert [lane.marks for lane in chart.lanes] == [()]


def test_without_any_date_there_is_no_picture() -> None:
    bare = Entry("1", "t", "w", "continuous", None)
    assert charts_of([Group("", [bare])], []) == []
    assert charts_of([], []) == []
    assert plan_stretch([Group("", [bare])]) is None
    assert plan_stretch([Group("", [entry("none")])]) == PLAN


def test_events_lie_side_by_side_and_never_on_each_other() -> None:
    spans = [
        Span(f"Event number {n}", at, at + timedelta(days=29), "w", "reported", None, is_plan=False)
        for n in range(60)
        for at in [datetime(2010, 1, 1) + timedelta(days=n * 60)]
    ]
    (chart,) = charts_of([Group("", [entry("continuous")])], spans)
    assert 1 < len(chart.spans) < 60
    assert sum(len(lane.marks) for lane in chart.spans) == 60
    for lane in chart.spans:
        for mark, following in zip(lane.marks, lane.marks[1:], strict=False):
            end = mark.words_x + len(mark.words) * 6 if mark.anchor == "start" else mark.x + mark.width
            start = following.x if following.anchor == "start" else following.words_x - len(following.words) * 6
            assert end <= start
    for mark in (mark for lane in chart.spans for mark in lane.marks):
        assert mark.words_x + len(mark.words) * 6 < WIDE.width or mark.anchor == "end"


def test_three_hundred_rows_come_on_pages_with_an_axis_each() -> None:
    entries = [entry("deadline", ends=datetime(2017, 1 + n % 12, 28)) for n in range(300)]
    groups = [Group("First", entries[:130]), Group("Second", entries[130:])]
    charts = charts_of(groups, [], rows=40)
    assert [sum(not lane.heading for lane in chart.lanes) for chart in charts] == [40] * 7 + [20]
    assert all(chart.axis.ticks for chart in charts)
    headings = [[lane.heading for lane in chart.lanes if lane.heading] for chart in charts]
    assert headings == [["First"]] * 3 + [["First", "Second"]] + [["Second"]] * 4
    (whole,) = charts_of(groups, [])
    assert len(whole.lanes) == 302


# ---------------------------------------------------------------- page, SVG and table


def test_the_page_is_complete_without_a_query(client: FlaskClient) -> None:
    text = page(client)
    rows = re.findall(r'<td class="number">(\d+)</td>', text)
    assert sorted(map(int, rows)) == list(range(1, 29))
    assert text.count("<svg class=") == 2  # for a wide screen and for a narrow one


def test_the_picture_shows_each_row_as_it_is_written(client: FlaskClient) -> None:
    svg = drawn(client, "?span=all")
    shown = texts(svg)
    assert shown.count("Continuous activity") == 20 + 1  # and the heading of the group
    assert shown.count("July 2017") == 2
    assert shown.count("July 2018") == 3
    assert shown.count("PTC April-July 2017") == shown.count("PTC sessions") == shown.count("not stated") == 1
    assert len([e for e in svg.iter(f"{SVG}path") if e.get("class") == "mark deadline"]) == 5
    assert len([e for e in svg.iter(f"{SVG}rect") if e.get("class") == "mark deadline"]) == 1
    assert len([e for e in svg.iter(f"{SVG}rect") if e.get("class") == "mark continuous"]) == 20
    within = [e for e in svg.iter(f"{SVG}path") if "within" in e.get("class", "")]
    assert len(within) == 9
    assert len([e for e in within if e.get("stroke-dasharray")]) == 3  # foreseen
    assert not [e for e in svg.iter(f"{SVG}rect") if "event" in e.get("class", "")]
    assert {"ECP Action Plan for Phase II", "ECP Action Plan for Phase III"} <= set(shown)


def test_groups_go_by_time_or_by_a_facet(client: FlaskClient) -> None:
    groups = [row["group"] for row in csv.DictReader(io.StringIO(client.get("/timeline.csv").get_data(as_text=True)))]
    assert list(dict.fromkeys(groups)) == [
        *("Deadline", "Session window", "Continuous activity", "Recurrent at sessions", "Not stated")
    ]
    found = csv.DictReader(io.StringIO(client.get("/timeline.csv?by=body&chapter=6&chapter=5").get_data(as_text=True)))
    assert [(row["group"][:5], row["number"]) for row in found] == [
        *(("SEC W", n) for n in ("21", "22", "23")),
        *(("IMSC ", n) for n in ("21", "22", "23")),
        ("WGEC ", "24"),
        *(("Open ", n) for n in ("21", "22", "23")),
    ]


def test_filters_hold_for_page_picture_and_table(client: FlaskClient) -> None:
    query = "?body=SAFEWG"
    assert re.findall(r'<td class="number">(\d+)</td>', page(client, query)) == ["20", "18"]
    assert {"18", "20"} <= set(texts(drawn(client, query)))
    assert "3" not in texts(drawn(client, query))
    assert "No action matches all filters." in page(client, "?body=nobody")


def test_the_axis_is_that_of_the_plan_or_holds_all(client: FlaskClient) -> None:
    assert "2013" not in texts(drawn(client))
    assert "Oct" in texts(drawn(client))
    assert "2013" in texts(drawn(client, "?span=all"))


@pytest.mark.parametrize("layout", [WIDE, NARROW])
def test_titles_are_whole_and_nothing_leaves_the_picture(layout: Layout) -> None:
    title = " ".join(["a title of many words"] * 8)
    end = datetime(2018, 12, 1)
    long_words = "by the end of the second ordinary session of the committee after the adoption of the programme"
    entries = [
        Entry("7", title, long_words, "deadline", None, ends=end, plan=PLAN),
        Entry("8", "Short", "July 2017", "deadline", None, ends=datetime(2017, 7, 31), plan=PLAN),
    ]
    spans = [
        Span("A meeting with a long name", PLAN[0], PLAN[1], "2017", "planned", None, is_plan=False, is_within=True)
    ]
    (chart,) = charts_of([Group("Group", entries)], spans, layout=layout)
    lanes = [lane for lane in chart.lanes if not lane.heading]
    assert " ".join(lanes[0].lines) == title
    assert len(lanes[0].lines) > 1
    assert lanes[1].y >= lanes[0].y + len(lanes[0].lines) * chart.line
    assert all(len(line) * 6.4 <= layout.width for lane in lanes for line in lane.lines)
    marks = [mark for lane in (*chart.spans, *lanes) for mark in lane.marks]
    assert len(marks) == 3
    for mark in marks:
        long = len(mark.words) * 6
        left = mark.words_x - long if mark.anchor == "end" else mark.words_x
        assert left >= -1
        assert left + long <= layout.width + 1
    if layout.is_narrow:
        assert all(lane.marks_y > lane.y for lane in lanes), "marks stand below their titles"


def test_the_svg_stands_alone(client: FlaskClient) -> None:
    response = client.get("/timeline.svg")
    assert response.mimetype == "image/svg+xml"
    svg = ET.fromstring(response.data)
    names = {name for element in svg.iter() for name in element.attrib}
    assert "fill" in names
    assert not {"style", "onload", "{http://www.w3.org/1999/xlink}href"} & names
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} <= {
        *("svg", "title", "rect", "path", "text", "g", "a")
    }
    for element in svg.iter(f"{SVG}a"):
        assert element.attrib["href"].startswith("http://localhost/")
    width, height = float(svg.attrib["width"]), float(svg.attrib["height"])
    (moved,) = [element for element in svg.iter(f"{SVG}g") if "transform" in element.attrib]
    assert moved.get("transform", "").startswith("translate(")
    for text in svg.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x", 0)) <= width
        assert 0 <= float(text.get("y", 0)) <= height


def test_an_unknown_format_is_refused(client: FlaskClient) -> None:
    assert client.get("/timeline.zip").get_json()["error"]["message"] == (
        "'timeline' does not come as .zip, but as .csv, .xlsx, .json, .svg."
    )


def test_hostile_words_stay_words() -> None:
    from flask import render_template

    from ecp_graph.web.app import create_app

    evil = '</title><script>alert(1)</script>"onload="x'
    spans = [Span(evil, *PLAN, evil, "reported", None, is_plan=False)]
    charts = charts_of([Group(evil, [Entry(evil, evil, evil, "continuous", None, plan=PLAN)])], spans)
    app = create_app(Settings(endpoint="http://127.0.0.1:9/"))
    caption = Caption(evil, (evil,), evil, evil, evil)
    with app.test_request_context():
        frame = framed(caption, charts[0].width, charts[0].height)
        text = render_template("timeline/alone.svg", charts=charts, host="", caption=caption, frame=frame)
    svg = ET.fromstring(text)
    assert not list(svg.iter(f"{SVG}script"))
    assert all("onload" not in element.attrib for element in svg.iter())
    assert evil in texts(svg)
