"""docs/tables.md says what the headers of the tables say."""

from __future__ import annotations

import re

import duckdb

from ecp_graph.release.release import Release
from ecp_graph.tables.definitions import read_definitions
from ecp_graph.workspace import bundled_workspace
from tools.table_docs import PAGE, page


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run: python tools/table_docs.py"
    told = set(re.findall(r"^### (\w+)$", text, re.MULTILINE))
    assert told == {each.name for each in read_definitions(bundled_workspace())}
    assert page(text.replace("IRI of the action", "something else")) == text, "a change below the mark is undone"


def test_the_example_for_duckdb_runs(release: Release) -> None:
    (example,) = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    found = duckdb.execute(example.replace("DIR", str(release.tables))).fetchall()
    assert found[0][0] == "SEC"
    assert found[0][1] > 10
