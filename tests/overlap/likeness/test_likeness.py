"""Whether two actions are the same: what is read of titles, which conditions give which class, and the score."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecp_graph.overlap.likeness import CLASSES, ActionText, Judge, Likeness, Named, Rarity, compare, read_action
from ecp_graph.overlap.likeness.settings import LANGUAGES, held
from ecp_graph.overlap.likeness.text import stems_of
from ecp_graph.plans.matching import Known, Register
from tools.overlap_scores import PAGE, half, meaning

TRS = Known("urn:x:trs", "TRS", "instrument", (("Time Release Study Guide", "en"), ("Goods Clearance Guide", "en")))
REGISTER = Register((TRS,))
TITLES = sorted({side.action.title for pair in half("tuning").pairs for side in (pair.a, pair.b)})


def likeness(one: str, other: str, language: str = "en", **given: tuple[str, ...]) -> Likeness:
    first, second = ActionText(one, **given), ActionText(other, language)
    return compare(read_action(first), read_action(second), meaning=meaning())


@pytest.mark.parametrize(
    ("title", "language", "activity", "subject", "audience"),
    [
        (
            "Deliver training on rules of origin to customs officers",
            "en",
            "train",
            "rules of origin",
            "customs officers",
        ),
        ("Train nurses in hand hygiene", "en", "train", "hand hygiene", "nurses"),
        ("Carry out a study on fares", "en", "study", "fares", ""),
        ("Farmers are informed about frost", "en", "inform", "frost", "farmers"),
        ("Raise farmers' awareness of frost", "en", "inform", "frost", "farmers"),
        ("Mettre à jour le guide sur le gel", "fr", "update", "guide sur le gel", ""),
        ("Capacitar a los maestros en lectura", "es", "train", "lectura", "maestros"),
        ("Elaboração de um manual de pesca", "pt", "develop", "manual de pesca", ""),
        ("Points for electric vehicles", "en", "", "points for electric vehicles", ""),
        ("Provide support to deaf students", "en", "support", "deaf students", ""),
    ],
)
def test_a_title_is_read(title: str, language: str, activity: str, subject: str, audience: str) -> None:
    reading = read_action(ActionText(title, language))
    assert (reading.activity, reading.object.text, reading.audience.text) == (activity, subject, audience)


@pytest.mark.parametrize(
    ("one", "other", "klass"),
    [
        ("Repair the sea wall", "Repair of the sea walls", "duplication"),
        ("Enhance cooperation with the WTO", "Enhance collaboration with the World Trade Organization", "duplication"),
        ("Repair the sea wall", "Inspect the sea wall", "overlap"),
        ("Teach first aid to cooks", "Teach first aid to drivers", "overlap"),
        ("Teach first aid to cooks", "Teach first aid", "overlap"),
        ("Publish the tide tables", "Publish the tide tables 2026", "overlap"),
        ("Enhance cooperation with the WTO", "Enhance cooperation with the PSCG", "possible"),
        ("Complete phase I of the tax portal", "Complete phase II of the tax portal", "possible"),
        ("Support the fishing ports of Peru", "Support the fishing ports of Chile", "possible"),
        ("Repair the sea wall", "Grant scholarships in law", "none"),
    ],
)
def test_the_class_is_given_by_conditions(one: str, other: str, klass: str) -> None:
    found = likeness(one, other)
    assert found.klass in ({"possible", "none"} if klass == "possible" else {klass}), found
    assert found.why


def test_the_examples_of_the_page_are_called_what_it_says() -> None:
    rows = [line.strip("| \n").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    examples = [row for row in rows if len(row) == 4 and row[0] in CLASSES and " / " in row[2]]
    assert [row[0] for row in examples] == list(CLASSES)
    for klass, _, example, counter_example in examples:
        assert likeness(*example.split(" / ")).klass == klass
        titles, _, called = counter_example.rpartition(": ")
        assert likeness(*titles.split(" / ")).klass == called != klass


@pytest.mark.parametrize(
    ("given", "theirs", "told"),
    [
        ({"times": ("2025",)}, {"times": ("by July 2026",)}, "times do not meet"),
        ({"instruments": ("urn:x:a",)}, {"instruments": ("urn:x:b",)}, "different instruments"),
        ({"times": ("2020 to 2026",)}, {"times": ("2027",)}, "times do not meet"),
        ({"audiences": ("mayors",)}, {"audiences": ("judges",)}, "for others"),
    ],
)
def test_what_other_columns_say_speaks_against_a_duplicate(
    given: dict[str, tuple[str, ...]], theirs: dict[str, tuple[str, ...]], told: str
) -> None:
    title = "Hold a workshop on seed quality"
    plain = compare(read_action(ActionText(title, **given)), read_action(ActionText(title, **given)))
    found = compare(read_action(ActionText(title, **given)), read_action(ActionText(title, **theirs)))
    assert plain.klass == "duplication"
    assert found.klass != "duplication"
    assert any(told in text for text in found.differs)


def test_words_that_only_one_title_has_are_told_in_a_sentence() -> None:
    assert likeness("Repair the main sea wall", "Repair the sea wall").differs == ("only one says “main”",)
    assert likeness("Repair the sea wall", "Repair the harbour wall").differs == (
        "one says “sea”, the other “harbour”",
    )


def test_times_that_meet_leave_a_duplicate() -> None:
    one, other = (read_action(ActionText("Repair the sea wall", times=(time,))) for time in ("2020 to 2026", "2023"))
    assert compare(one, other).klass == "duplication"


@pytest.mark.parametrize("title", ["", " ", "!", "of the", "Развивать транзит", "发展", "Repair " + "wall " * 5000])
def test_any_text_is_a_title(title: str) -> None:
    reading = read_action(ActionText(title, "pt-BR"))
    found = compare(reading, reading, meaning=meaning())
    assert found.score == sum(part.value for part in found.parts)
    assert (found.klass == "none") == (not reading.object.terms)


def test_a_verb_has_one_class_in_each_language() -> None:
    assert sum(map(len, verb_classes().values())) > 1000
    assert {form: classes for form, classes in verb_classes().items() if len(classes) > 1} == {}
    planted = verb_classes({"sing": {"en": {"verbs": ["chanting"]}}, "pray": {"en": {"verbs": ["chant"]}}})
    assert [classes for classes in planted.values() if len(classes) > 1] == [{"sing", "pray"}]


def verb_classes(planted: dict[str, Any] | None = None) -> dict[tuple[str, str, tuple[str, ...]], set[str]]:
    """Return the classes of each verb and noun of activity of verbs.yaml, by language, part of speech and stems."""
    found: dict[tuple[str, str, tuple[str, ...]], set[str]] = defaultdict(set)
    for activity, of_class in (planted or held("verbs.yaml")["classes"]).items():
        for language in LANGUAGES:
            for part, forms in of_class.get(language, {}).items():
                for form in forms:
                    found[language, part, stems_of(form, language)].add(activity)
    return found


def test_another_body_makes_no_other_action() -> None:
    one, other = (read_action(ActionText("Repair the sea wall", bodies=(body,))) for body in ("North", "South"))
    assert compare(one, other).klass == "duplication"


def test_look_alikes_are_no_more_than_possible_whatever_topic_they_share() -> None:
    names = {"WTO": "urn:x:wto", "PSCG": "urn:x:pscg"}
    found = [
        read_action(
            ActionText(f"Enhance cooperation with the {name}", topics=("urn:x:cooperation",)),
            lambda title: [Named(name, iri, "body") for name, iri in names.items() if name in title],
        )
        for name in names
    ]
    assert compare(found[0], found[1], meaning=meaning()).klass in ("possible", "none")
    assert compare(found[0], found[0], meaning=meaning()).klass == "duplication"


@pytest.mark.parametrize(("one", "other", "language"), [("Austria", "Australie", "fr"), ("Iran", "Iraq", "es")])
def test_names_spelt_alike_are_other_names(one: str, other: str, language: str) -> None:
    found = likeness(f"Digital transit for {one}", f"Digital transit {other}", language)
    assert found.klass in ("possible", "none")


def test_known_names_of_one_thing_are_one_object() -> None:
    def names(title: str) -> list[Named]:
        found = (each for each in REGISTER.found_in(title, "instrument") if each.is_sure)
        return [Named(each.text, each.known.iri, each.known.kind) for each in found if each.known]

    titles = "Update the Time Release Study Guide", "Revise the Goods Clearance Guide"
    known = compare(*(read_action(ActionText(title), names) for title in titles))
    unknown = compare(*(read_action(ActionText(title)) for title in titles))
    assert known.klass == "duplication"
    assert TRS.iri in next(part.because for part in known.parts if part.name == "things")
    assert unknown.klass in ("possible", "none")
    judge = Judge(called={TRS.iri: "TRS"})
    named = judge.likeness(*(read_action(ActionText(title), names) for title in titles))
    assert next(part.because for part in named.parts if part.name == "things") == "TRS"


def test_likeness_of_meaning_alone_makes_no_duplication_and_its_absence_is_told() -> None:
    one, other = (read_action(ActionText(title)) for title in ("Repair the railway line", "Repair the rail track"))
    with_meaning, without = compare(one, other, meaning=meaning()), compare(one, other)
    assert with_meaning.klass == "overlap"
    assert without.klass in ("possible", "none")
    assert "meaning was not compared" in without.why
    assert "meaning was not compared" not in with_meaning.why


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(TITLES), st.sampled_from(TITLES) | st.text(max_size=60))
def test_parts_add_up_and_the_order_of_two_actions_is_of_no_account(one: str, other: str) -> None:
    a, b = read_action(ActionText(one)), read_action(ActionText(other))
    found, back = compare(a, b, Rarity([a, b]), meaning()), compare(b, a, Rarity([a, b]), meaning())
    assert found.score == sum(part.value for part in found.parts)
    assert 0 <= found.score <= 1000
    assert found.klass in CLASSES
    assert (back.klass, back.score) == (found.klass, found.score)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux tells the threads of a process there")
def test_comparing_meanings_starts_no_threads_so_that_a_build_can_still_fork() -> None:
    compared = "open_meaning().likeness('Report to the committee', 'The committee gets a report')"
    counted = "len(list(Path('/proc/self/task').iterdir()))"
    code = (
        f"from pathlib import Path; from ecp_graph.overlap.likeness import open_meaning; print({compared}, {counted})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    alike, threads = done.stdout.split()
    assert float(alike) > 0.5
    assert threads == "1"
