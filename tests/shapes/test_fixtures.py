"""Each rule fires on its invalid fixtures, there and nowhere else, and is silent on its valid one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shapes.harness import (
    FIXTURES,
    WORLD,
    expected,
    expected_besides,
    fixture_files,
    profile_rules,
    results,
    rules,
    run_rule,
    shape_of,
)

INVALID = fixture_files("invalid")
VALID = fixture_files("valid")


def test_world_breaks_no_rule() -> None:
    assert results() == set()
    assert results(WORLD) == set(), "the rules on the statement view object to the world"


@pytest.mark.parametrize("profile", sorted(profile_rules()))
def test_world_breaks_no_rule_of_a_profile(profile: str) -> None:
    assert profile_rules()[profile]
    assert results(profile=profile) == set()


@pytest.mark.parametrize("fixture", INVALID, ids=lambda path: path.stem)
def test_invalid_fixture_breaks_its_rule_and_no_other(fixture: Path) -> None:
    found = results(fixture)
    rule = shape_of(fixture)
    assert expected(fixture), f"{fixture.name} does not say what it expects"
    assert {one for one in found if one.shape == rule} == expected(fixture)
    assert {one.shape for one in found} - {rule} == expected_besides(fixture)


@pytest.mark.parametrize("fixture", VALID, ids=lambda path: path.stem)
def test_valid_fixture_keeps_its_rule(fixture: Path) -> None:
    looked_at, conforms = run_rule(shape_of(fixture), fixture)
    assert looked_at > 0, "the rule looks at nothing"
    assert conforms


def test_each_rule_has_fixtures_of_both_kinds_and_no_file_is_anything_else() -> None:
    assert {path for path in FIXTURES.rglob("*") if path.is_file()} == {*INVALID, *VALID}
    assert {shape_of(path) for path in VALID} == {shape_of(path) for path in INVALID} == set(rules())


def test_fixtures_begin_with_their_reason() -> None:
    first_lines = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in [*INVALID, *VALID]}
    assert not [name for name, line in first_lines.items() if not line.startswith("# ") or not line.endswith(".")]
