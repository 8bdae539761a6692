"""Which known thing a text names: what is sure is right, and all else is a question."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp_graph.plans.known.things import known_things
from ecp_graph.plans.matching import Decision, Known, Register, known_of
from ecp_graph.plans.matching.names import places, plain
from tests.data.graphs import quads
from tests.growth import LINEAR, exponent
from tools.matching_docs import HALVES, PAGE, Case, cases, in_titles, page, register

WG = Known("urn:x:tfawg", "TFAWG", "body", (("TFA Working Group", "en"),))
COMMITTEE = Known("urn:x:cte", "", "body", (("Committee on Trade and Environment", "en"),))
SUB_COMMITTEE = Known("urn:x:sub", "", "body", (("Sub-Committee on Trade and Environment", "en"),))
PTC = Known("urn:x:ptc", "PTC", "body", (("Permanent Technical Committee", "en"), ("Comité technique permanent", "fr")))
TFA = Known("urn:x:tfa", "", "instrument", (("WTO Trade Facilitation Agreement", "en"), ("TFA", "en")))
TOPICS = tuple(Known(f"urn:x:{name}", "", "topic", ((name, "en"),)) for name in ("transit", "transit corridors", "IT"))
EVERY = (WG, COMMITTEE, SUB_COMMITTEE, PTC, TFA, *TOPICS)


@pytest.mark.parametrize("half", HALVES)
def test_what_is_sure_of_two_lists_four_years_apart_is_right(half: str) -> None:
    every = cases(half)
    verdicts = [case.verdict() for case in every]
    assert len(every) > 70
    assert [case for case in every if case.verdict() == "wrong"] == []
    assert verdicts.count("right") > 0.45 * len(every)
    assert verdicts.count("new") > 0.3 * len(every)
    assert verdicts.count("missed") < 0.02 * len(every)
    assert Case("Ministry of Health", "body", "https://example.org/id/finance").verdict() == "wrong", "a planted one"


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run: python -m tools.matching_docs"


def test_names_in_titles_are_those_linked_by_hand() -> None:
    instruments, topics = in_titles("instrument"), in_titles("topic")
    assert len(instruments[0]) > 10
    assert instruments[0] == instruments[1]
    assert len(topics[0]) > 30
    assert topics[1] <= topics[0]
    assert len(topics[1]) > 0.75 * len(topics[0])


@pytest.mark.parametrize(
    "text",
    [
        "PTC",
        "p.t.c.".upper(),
        "permanent  technical committee",
        "the Permanent Technical Committee (PTC)",
        "Comité Technique Permanent",
        "Permanent Technical Committees",
        "Technical Committee, Permanent",
    ],
)
def test_spellings_of_a_name_are_sure(text: str) -> None:
    match = Register(EVERY).match(text, "body")
    assert (match.known, match.is_sure, match.others) == (PTC, True, ())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Group on Trade", "Group on Trade A"),
        ("Council of the Sea", "Council of the Four Seas"),
        ("Trade policy", "Policy trade"),
        ("Ministry of Trade", "Ministry of Trade, USA"),
        ("Red Cross Society", "Red Cross Society (UK)"),
        ("Energy and Mines", "Mines and Energy"),
        ("Secretariat of the Pacific", "SEC of the Pacific"),
        ("Phase I of transit", "Phase V of transit"),
        ("Import procedures", "Export procedures"),
        ("Immigration policy", "Emigration policy"),
        ("News Agency", "New Agency"),
        ("Tariff measures", "Non-tariff measures"),
        ("Minister of Health", "Deputy Minister of Health"),
        ("Minister of Health", "Minister of Canadian Identity and Culture"),
        ("Support for Black researchers", "Support for Indigenous researchers"),
        ("Transit plan 2018-2022", "Transit plan 2018-2023"),
        ("Act 19 of 2014", "Act 14 of 2019"),
        ("Transition from school to work", "Transition from work to school"),
    ],
)
def test_look_alikes_are_told_apart(one: str, other: str) -> None:
    for text, known in ((one, other), (other, one)):
        held = Register([Known("urn:x:it", "", "topic", ((known, "en"),))])
        assert not held.match(text, "topic").is_sure
        assert held.match(known, "topic").is_sure, "the name itself"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Phase I of the transit", "Phase 1 of the Transit"),
        ("Ministère de l'Eau", "MINISTERE DE L’EAU"),
        ("Labour programme", "Labor Program"),
        ("Sub-committee on e-commerce", "Subcommittee on eCommerce"),
        ("Health, Ministry of", "Ministry of Health"),
        ("Federal WG on Co-operation", "Federal Working Group for Cooperation"),
        ("Annex No. 3", "Annex III"),
        ("The “Blue Card” scheme", "'Blue Card' Schemes"),
    ],
)
def test_spellings_are_told_from_names(one: str, other: str) -> None:
    for text, known in ((one, other), (other, one)):
        assert Register([Known("urn:x:it", "", "topic", ((known, "en"),))]).match(text, "topic").is_sure


@pytest.mark.parametrize(
    ("text", "known", "why"),
    [
        ("ptc", PTC, "an acronym"),
        ("Technical Committee", PTC, "not in both: permanent"),
        ("Permanent Technical Council (PTC)", PTC, "the names differ"),
        ("Council of Trade (PTC)", PTC, "but the names differ"),
        ("Permanent Technical Committee (TFAWG)", PTC, "is not its acronym"),
        ("CTE", COMMITTEE, "initials"),
        ("Committee on Trade or Environment", COMMITTEE, "not in both: or"),
        ("Committee on Trade and Environment 2", COMMITTEE, "other numbers"),
        ("Committee on Environment and Trade", COMMITTEE, "another order"),
    ],
)
def test_what_may_be_another_name_is_a_question(text: str, known: Known, why: str) -> None:
    match = Register(EVERY).match(text, "body")
    assert (match.known, match.is_sure) == (known, False)
    assert why in match.why
    assert len(match.others) <= 2


def test_a_sub_committee_is_not_the_committee() -> None:
    assert Register([COMMITTEE]).match("Sub-Committee on Trade and Environment", "body").is_sure is False
    match = Register(EVERY).match("Subcommittee on Trade and Environment", "body")
    assert (match.known, match.is_sure) == (SUB_COMMITTEE, True)


def test_an_acronym_in_full_is_known_from_things_of_any_kind() -> None:
    match = Register(EVERY).match("Trade Facilitation Agreement Working Group", "body")
    assert (match.known, match.is_sure) == (WG, True)
    assert not Register([WG]).match("Trade Facilitation Agreement Working Group", "body").is_sure


def test_a_name_of_two_things_is_a_question() -> None:
    twin = Known("urn:x:twin", "", "body", (("Committee on Trade and Environment", "en"),))
    match = Register([COMMITTEE, twin]).match("Committee on Trade and Environment", "body")
    assert (match.is_sure, match.why) == (False, "several have this name")
    assert {match.known, *match.others} == {COMMITTEE, twin}


@pytest.mark.parametrize(
    "text", ["Secretariat", "the Steering Committee", "Working Groups", "Consejo Nacional", "Goal 1"]
)
def test_a_name_that_anybody_may_have_is_a_question_until_it_is_decided(text: str) -> None:
    known = Known("urn:x:it", "", "body", ((text, "en"),))
    match = Register([known]).match(text, "body")
    assert (match.known, match.score, match.is_sure) == (known, 1.0, False)
    assert [found.is_sure for found in Register([known]).found_in(f"Report to {text}", "body")] == [False]
    decision = Decision(text, known.iri, True, "A. Analyst", "2026-11-29", "there is one only")
    held = Register([known], [decision])
    assert held.match(text, "body").is_sure
    assert [found.is_sure for found in held.found_in(f"Report to {text}", "body")] == [True]


def test_numbers_and_long_texts_name_nothing() -> None:
    goal = Known("urn:x:goal", "1", "goal", (("Reduce child mortality", "en"),))
    held = Register([goal])
    assert not held.match("1", "goal").is_sure
    assert held.found_in("Publish 1 report to reduce child mortality", "goal")[0].text == "reduce child mortality"
    assert held.match("Reduce child mortality " * 5000, "goal").known is None
    assert held.found_in("9" * 5000 + " \u1369\u2460 000", "goal") == []


def test_a_kind_has_names_of_its_own() -> None:
    assert Register(EVERY).match("TFA", "body").known != TFA
    assert Register(EVERY).match("TFA", "instrument").known == TFA
    nothing = Register(EVERY).match("TFA", "goal")
    assert (nothing.known, nothing.score, nothing.is_sure, nothing.others) == (None, 0.0, False, ())


def test_names_inside_a_title() -> None:
    held = Register(EVERY)

    def found(title: str, kind: str) -> list[tuple[Known | None, bool]]:
        return [(match.known, match.is_sure) for match in held.found_in(title, kind)]

    transit, corridors, it = TOPICS
    assert found("Transit, and transit corridors", "topic") == [(transit, True), (corridors, True)]
    assert found("Use it to support IT", "topic") == [(it, True)]
    assert found("Develop tools (e.g. transit) for IT", "topic") == [(transit, False), (it, True)]
    assert found("Update the plan of the TFA Working Group", "instrument") == []
    (match,) = held.found_in(
        "Le \u00ab\u00a0Trade\u00a0 Facilitation\u2011Agreement\u00a0\u00bb de la WTO, é", "instrument"
    ) or [None]
    assert match is None, "a part of a name is not the name"
    (match,) = held.found_in("Déjà\u00a0: the WTO  Trade\u2011Facilitation Agreements.", "instrument")
    assert match.text == "WTO  Trade\u2011Facilitation Agreements"
    assert found("Capacity building for TFA implementation", "instrument") == [(TFA, True)]


def test_what_was_decided_goes_before_likeness() -> None:
    def decision(text: str, thing: Known, is_same: bool) -> Decision:
        return Decision(text, thing.iri, is_same, "A. Analyst", "2026-11-29", "seen in the minutes")

    before = Register(EVERY)
    assert before.match("Technical Committee", "body").known == PTC
    held = Register(
        EVERY, [decision("Technical Committee", PTC, False), decision("Trade environment body", COMMITTEE, True)]
    )
    match = held.match("the TECHNICAL committee", "body")
    assert PTC not in (match.known, *match.others)
    match = held.match("trade environment body", "body")
    assert (match.known, match.is_sure, match.score) == (COMMITTEE, True, 1.0)
    assert held.match("PTC", "body").known == PTC
    held = Register(EVERY, [decision("transit", TOPICS[0], False)])
    assert held.found_in("Transit", "topic") == []


@given(
    st.text(max_size=40) | st.sampled_from([case.text for half in HALVES for case in cases(half)]),
    st.sampled_from(["body", "programme", "instrument", "topic", "goal", "other"]),
)
def test_the_parts_of_a_score_add_up(text: str, kind: str) -> None:
    match = register().match(text, kind)
    assert match.score == pytest.approx(sum(part.value for part in match.parts), abs=1e-9)
    assert 0 <= match.score <= 1
    assert match.is_sure <= (match.known is not None)
    assert len(match.others) <= 2
    register().found_in(text, kind)


@given(st.text(alphabet=st.sampled_from("aÉ\u00a0 \t\u200bﬁ½\u2013\u201c\u0301가Å_.")))
def test_each_letter_of_a_plain_text_has_its_place(text: str) -> None:
    assert len(places(text)) == len(plain(text))
    assert all(letter in plain(text[at]) or letter == " " for letter, at in zip(plain(text), places(text), strict=True))


def test_what_is_known_is_what_statements_name() -> None:
    known = known_of(known_things(quads()))
    assert len(known) > 80
    assert {each.kind for each in known} == {"body", "goal", "instrument", "programme", "topic"}
    (ptc,) = (each for each in known if each.notation == "PTC")
    assert ptc.labels == (("Permanent Technical Committee", "en"), ("PTC", "en"))
    assert known_of([]) == ()


@pytest.mark.slow
def test_what_a_register_costs_grows_with_the_names_asked_for() -> None:
    chance = random.Random(7)
    stems, ends = (
        ["agri", "trans", "hydro", "geo", "techno", "socio", "petro", "aqua"],
        ["culture", "port", "logy", "energy", "trade"],
    )
    fields = [stem + end for stem in stems for end in ends]
    heads = ["Ministry", "Committee", "Agency", "Council", "Working Group", "Institute", "Commission"]
    kinds = ["body", "programme", "instrument", "topic", "goal"]

    def name() -> str:
        return f"{chance.choice(heads)} of {chance.choice(fields)}, {chance.choice(fields)} and {chance.choice(fields)}"

    known = [Known(f"urn:x:{number}", "", kinds[number % 5], ((name(), "en"),)) for number in range(2000)]
    found: list[int] = []

    def texts(size: int) -> list[str]:
        return [chance.choice(known).labels[0][0] if chance.random() < 0.6 else name() for _ in range(size)]

    def ask(asked: list[str]) -> None:
        held = Register(known)
        found.append(sum(held.match(text, kinds[at % 5]).is_sure for at, text in enumerate(asked)))

    assert exponent(ask, texts, 200) < LINEAR
    assert max(found) > 100
