"""Documents as people make them: every value is read right, and what is doubtful is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plans.reading.measured import every, measured
from tests.plans.reading.oddities import ODDITIES
from tests.plans.reading.oddity import Oddity, written
from tools.import_docs import PAGE, with_table


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["xlsx", "docx", "csv"])
def test_every_value_is_read_and_every_doubt_told(format_: str) -> None:
    found = [(oddity, every()[oddity.name, format_]) for oddity in ODDITIES if format_ in oddity.formats]
    assert len(found) > 30
    assert {oddity.name: result.wrong for oddity, result in found if result.wrong} == {}
    assert {oddity.name: result.unexpected for oddity, result in found if result.unexpected} == {}
    assert [one.name for one, result in found if one.told and not any(one.told in line for line in result.told)] == []


def test_a_wrong_value_is_counted(tmp_path: Path) -> None:
    plain = ODDITIES[0]
    wrong = Oddity(plain.name, [plain.rows[0], *plain.rows[2:]], plain.expected)
    result = measured(wrong, "csv", tmp_path)
    assert len(result.wrong) > 6
    assert result.count == 18


@pytest.mark.slow
def test_the_page_has_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert with_table(text) == text, "run python -m tools.import_docs"


def test_each_oddity_has_a_name_of_its_own(tmp_path: Path) -> None:
    assert len({oddity.name for oddity in ODDITIES}) == len(ODDITIES) > 40
    assert written(ODDITIES[0], "xlsx", tmp_path).is_file()
