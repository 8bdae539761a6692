"""What a briefing says is what the graph holds: no action, date or overlap is missing, and none is made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from ecp_graph.briefs.actions import actions_of, numbers_of, section_by_date, times_in_words
from ecp_graph.briefs.asking import Source
from ecp_graph.briefs.discrepancies import checks_on
from ecp_graph.briefs.making import brief_of, source_over, subject_of
from ecp_graph.briefs.model import Brief, Section, line, text_of
from ecp_graph.briefs.overlaps import with_other_plans
from ecp_graph.engine import Engine
from ecp_graph.errors import ParameterError
from ecp_graph.namespaces import using
from ecp_graph.pipeline import build
from ecp_graph.queries.catalogue import load_catalogue
from ecp_graph.release.opening import release_engine
from ecp_graph.release.release import Release
from ecp_graph.workspace import bundled_workspace
from tests.worlds import world

Briefing = Callable[[str], Brief]


def section(brief: Brief, key: str) -> Section:
    return next(section for section in brief.sections if section.key == key)


def table(brief: Brief, key: str) -> list[list[str]]:
    """The rows of a section's table as texts, each behind the heading of its group."""
    found = section(brief, key).table
    assert found is not None
    return [[text_of(row.group), *map(text_of, row.cells)] for row in found.rows]


def points(brief: Brief, key: str) -> list[str]:
    return [text_of(point.line) for point in section(brief, key).points]


def said(brief: Brief, key: str) -> str:
    paragraphs = section(brief, key).paragraphs
    return " ".join(text_of(sentence.line) for sentences in paragraphs for sentence in sentences)


def test_a_body_has_its_actions_by_date_and_what_it_is_in_them(briefing: Briefing) -> None:
    rows = [(when, number, who) for when, number, _, who in table(briefing("PTC"), "actions")]
    assert rows == [
        ("July 2017", "3", "WCO Secretariat, others unnamed"),
        ("July 2017", "6", "WCO Secretariat, others unnamed"),
        ("April to July 2017, tied to a session (“PTC April-July 2017”)", "9", "WCO Secretariat"),
        ("July 2018", "4", "WCO Secretariat, others unnamed"),
        ("July 2018", "5", "WCO Secretariat, others unnamed"),
        ("At each session (“PTC sessions”)", "28", "WCO Secretariat (PTC is involved)"),
        ("Continuous", "7", "WCO Secretariat, others unnamed"),
        ("Continuous", "8", "WCO Secretariat, others unnamed"),
        ("Continuous", "19", "WCO Secretariat, others unnamed"),
        ("No time is stated", "16", "IMSC, WCO Secretariat"),
    ]


def test_the_summary_of_a_body(briefing: Briefing) -> None:
    brief = briefing("PTC")
    told = said(brief, "summary")
    assert brief.title == "Permanent Technical Committee (PTC)"
    assert "reports to Policy Commission and WCO Council; IMSC, SAFE WG and TFA WG report to it." in told
    assert "makes it responsible for 9 of its 28 actions, for none of them alone." in told
    assert "3 are due by July 2017, 2 are due by July 2018, 3 are continuous and for 1 no time is stated." in told
    assert "TFA WG (3 rows, 1 joint session, 1 theme), IMSC (1 row) and SAFE WG (1 theme) work on the same" in told
    assert "None of them is its peer" in told
    assert "It is asked for a decision: Endorsement of the draft plan for phase III by the PTC." in told


def test_what_comes_from_outside_the_document_is_said_to(briefing: Briefing) -> None:
    sentences = [sentence for found in section(briefing("PTC"), "summary").paragraphs for sentence in found]
    reports = next(sentence for sentence in sentences if "reports to" in text_of(sentence.line))
    assert text_of(reports.places).startswith("outside the document: Web site of the WCO")


def test_overlaps_are_told_by_body_and_cause_with_kinds_apart(briefing: Briefing) -> None:
    rows = [(group, how, rows) for group, how, _, rows, _ in table(briefing("PTC"), "same-thing")]
    tfa = "TFA WG: 3 rows, 1 joint session, 1 theme. TFA WG reports to PTC (outside the document)"
    assert rows == [
        (tfa, "joint", ""),
        (tfa, "through a programme", "3"),
        (tfa, "through a programme", "7"),
        (tfa, "through a programme", "8"),
        (tfa, "related", "14, 16"),
        ("IMSC: 1 row. IMSC reports to PTC (outside the document)", "joint", "16"),
        ("SAFE WG: 1 theme. SAFE WG reports to PTC (outside the document)", "parallel", "18, 19, 20"),
    ]


def test_a_founding_act_is_no_work_on_the_same_thing(briefing: Briefing) -> None:
    brief = briefing("Policy Commission")
    assert "No work of another body on the same thing was found." in said(brief, "same-thing")
    assert [row[1] for row in table(brief, "same-thing")] == ["descent"]
    assert "work on the same thing" not in said(brief, "summary")


def test_peers_come_before_superiors(briefing: Briefing) -> None:
    groups = list(dict.fromkeys(row[0].partition(":")[0] for row in table(briefing("TFAWG"), "same-thing")))
    assert groups == ["IMSC", "PTC", "WCO"]


def test_what_is_left_open_is_said_with_its_place(briefing: Briefing) -> None:
    brief = briefing("PTC")
    told = points(brief, "open")
    assert told[:4] == [
        "The document names no lead for any of the 9 rows.",
        "It is not said who “other related WCO committees or working groups” of rows 3, 4, 5, 6, 7, 8 and 19 are.",
        "No time is stated for row 16.",
        "No work programme is named for row 19.",
    ]
    assert any("Actions 3, 7 and 8 run under the TFA WG Work Programme" in point for point in told)
    places = [text_of(point.places) for point in section(brief, "open").points]
    assert places[2] == "Annex, table row of action 16"
    assert all(places[1:])


def test_a_plan_has_all_of_its_actions_and_what_each_body_carries(briefing: Briefing, engine: Engine) -> None:
    brief = briefing("ecp-action-plan-3")
    numbers = sorted(int(row[1]) for row in table(brief, "actions"))
    assert numbers == list(range(1, 29))
    load = {row[1]: (row[2], row[3]) for row in table(brief, "load")}
    assert load["PTC"] == ("9", "0")
    assert load["WCO Secretariat"] == ("26", "7")
    assert load["“other related WCO committees or working groups”, not named"] == ("10", "")
    assert [row[3] for row in table(brief, "chapters")][:2] == ["9 (1 to 9)", "4 (10 to 13)"]
    assert "4 pairs of bodies work on the same thing, in 1 of them the two are peers." in said(brief, "summary")
    assert next(row[1] for row in table(brief, "same-thing")) == "IMSC and TFA WG"
    assert any("overarches PTC Work Programme" in point for point in points(brief, "plans"))
    assert "Administrative Committee" in points(brief, "open")[0]


def test_the_lists_of_a_release_and_an_engine_alone_give_the_same(source: Source, engine: Engine) -> None:
    """As over an endpoint, which has no lists and no report."""
    bare = source_over(engine, load_catalogue(bundled_workspace()), None)
    for name in ("PTC", "ecp-action-plan-3"):
        subject = subject_of(name, engine)
        whole, same = brief_of(source, subject), brief_of(bare, subject)
        assert [one for one in same.sections if one.key != "open"] == [
            one for one in whole.sections if one.key != "open"
        ]
        assert set(points(same, "open")) <= set(points(whole, "open"))


def test_what_is_neither_body_nor_plan_is_refused_with_the_nearest(engine: Engine) -> None:
    with pytest.raises(ParameterError, match=r"Did you mean PTC\?.*ecp:Plan"):
        subject_of("PTK", engine)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Brief]:
    """The function that returns the briefing on something of a world."""

    @cache
    def briefing(name: str, about: str) -> Brief:
        result = build(world(name), tmp_path_factory.mktemp(name))
        release: Release | None = result.release
        assert release is not None
        with using(release.names):
            engine = release_engine(release)
            brief = brief_of(source_over(engine, load_catalogue(world(name)), release), subject_of(about, engine))
            engine.close()
        return brief

    return briefing


def test_roles_and_times_of_every_kind_are_told(made_up: Callable[[str, str], Brief]) -> None:
    rows = {number: (when, who) for when, number, _, who in table(made_up("coast", "coast"), "actions")}
    assert rows["A-2"] == ("June 2032", "North Sound Coast Office (lead), University of Harne (partner)")
    assert rows["A-6"][0] == "31 May 2032"
    assert rows["A-3"][0] == "December 2034 (“2034”)"
    assert rows["A-1"][0] == "March 2031 to October 2033"
    assert rows["A-4"][0] == "At intervals (“each spring”)"
    assert rows["A-1.2"] == (
        "A time that was not understood (“after the survey”)",
        "Greywater Dredging plc, others unnamed",
    )
    assert rows["A-7"] == ("No time is stated", "nobody is named")
    told = points(made_up("coast", "coast"), "open")
    assert told[0] == "Nobody is made responsible for rows A-5.1 and A-7."
    assert any("no endorsement or adoption of it is reported" in point for point in told), "a check of the data"


def test_beside_other_plans_a_plan_counts_its_own_rows_and_those_of_others_apart(
    made_up: Callable[[str, str], Brief], briefing: Briefing
) -> None:
    brief = made_up("ecoles", "cantines")
    carriers = {row[1] for row in table(brief, "load")}
    pairs = [row[1].split(" and ") for row in table(brief, "same-thing")]
    assert pairs
    assert all(set(pair) <= carriers for pair in pairs)
    assert "Counted are the rows of this plan alone" in said(brief, "same-thing")
    assert "this plan alone" not in said(briefing("ecp-action-plan-3"), "same-thing")


def test_the_findings_with_other_plans_are_told_the_most_first() -> None:
    columns = ("planA", "first", "planB", "second", "kind", "number")
    rows = [
        dict(zip(columns, row, strict=True))
        for row in (
            ("North", "urn:n", "South", "urn:s", "related", "1"),
            ("North", "urn:n", "West", "urn:w", "related", "2"),
            ("East", "urn:e", "North", "urn:n", "related", "1"),
            ("North", "urn:n", "South", "urn:s", "related", "4"),
            ("East", "urn:e", "South", "urn:s", "related", "9"),
            ("North", "urn:n", "Home", "urn:h", "possible", "7"),
        )
    ]
    found = with_other_plans("urn:n", rows)
    assert [(run.text, run.iri, number) for run, number in found] == [
        ("South", "urn:s", 5),
        ("West", "urn:w", 2),
        ("East", "urn:e", 1),
    ]
    assert with_other_plans("urn:none", rows) == []


def test_a_confidential_plan_is_marked(made_up: Callable[[str, str], Brief]) -> None:
    assert made_up("ecoles", "securite-des-cuisines").confidential == ("Plan interne de sécurité des cuisines",)
    assert made_up("ecoles", "cantines").confidential == ()


def row_of(number: int, plan: int = 1, ends: str = "") -> list[dict[str, str]]:
    """The entries of a made-up action."""
    action = {
        "number": str(number),
        "title": f"Action {number}",
        "action": f"urn:a{plan}-{number}",
        "plan": f"urn:p{plan}",
    }
    told = {**dict.fromkeys(("entry", "name", "kind", "begins", "ends", "locator", "thing"), ""), **action}
    told["planName"] = f"Plan {plan}"
    place = {**told, "entry": "row", "locator": f"Table 1, row {number}", "thing": f"urn:t{plan}-{number}"}
    time = {**told, "entry": "time", "kind": "deadline" if ends else "not-stated", "ends": ends}
    return [place, time]


def test_actions_of_several_plans_say_of_which() -> None:
    rows = [row for plan in (1, 2) for number in (1, 2) for row in row_of(number, plan)]
    actions = actions_of(rows, lambda iri, name: name)
    told = section_by_date(actions).table
    assert told is not None
    assert [column.heading for column in told.columns] == ["No.", "Plan", "Action", "Who"]
    assert text_of(numbers_of(actions)) == "rows 1 and 2 of Plan 1; rows 1 and 2 of Plan 2"
    many = actions_of([row for plan in range(9) for row in row_of(1, plan)], lambda iri, name: name)
    assert text_of(numbers_of(many)) == "9 rows of 9 plans"


def test_many_dates_are_told_as_a_span() -> None:
    few = [row for month in range(1, 4) for row in row_of(month, ends=f"2031-0{month}-28T23:59:59")]
    many = [row for month in range(1, 9) for row in row_of(month, ends=f"2031-0{month}-28T23:59:59")]
    assert text_of(times_in_words(actions_of(few, lambda iri, name: name))).count("is due by") == 3
    told = text_of(times_in_words(actions_of(many, lambda iri, name: name)))
    assert told == "8 are due between 28 January 2031 and 28 August 2031"


def test_what_the_checks_say_names_things_by_their_names(source: Source) -> None:
    told = "Besides another party, body:ptc leads action:ecp3-4, and body:nobody does not."
    some = replace(source, checks={"u:thing": [told]})
    iri = "https://w3id.org/ecp-graph/id/body/ptc"
    (sentence,) = checks_on(some, [(line("Row 4"), "u:thing")])
    words = text_of(sentence.line)
    assert words.startswith("Row 4: Besides another party, Permanent Technical Committee leads ")
    assert "action:" not in words
    assert words.endswith(", and body:nobody does not.")
    assert iri in {run.iri for run in sentence.line}
