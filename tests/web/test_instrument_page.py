"""The page of an instrument says what the graph says of its life: editions, lineage, actions, bodies."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.namespaces import using
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import bundled_workspace
from tests.bundled import ID, NAMES
from tests.web.conftest import BROWSER


@pytest.fixture(scope="module")
def pages(releases: Path, engine: Engine) -> dict[str, str]:
    """The pages of all instruments by their IRIs, without what is folded below."""
    client = create_app(Settings(workspace=bundled_workspace().root, releases=releases)).test_client()
    found = {}
    for iri in values(engine, "?value a ecp:Instrument"):
        response = client.get(f"/doc/{iri.removeprefix(ID)}", headers={"Accept": BROWSER})
        assert response.status_code == 200
        found[iri] = html.unescape(response.get_data(as_text=True)).partition('id="as-data"')[0]
    assert len(found) > 30
    return found


def values(engine: Engine, pattern: str) -> set[str]:
    with using(NAMES):
        rows = ask_table(engine, f"SELECT DISTINCT ?value {{ {pattern} }}").rows
    return {row[0].value for row in rows if row[0]}


def section(page: str, name: str) -> str:
    return page.partition(f'id="{name}"')[2].partition("</section>")[0]


def text_of(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", markup))


@pytest.mark.parametrize(
    ("part", "pattern"),
    [
        ("editions", "?value ecp:editionOf {it}"),
        ("commitments", "?value a ecp:Action ; ecp:mentionsInstrument {it}"),
        ("commitments", "?value a ecp:Event ; ecp:mentionsInstrument {it}"),
        ("bodies", "?value ecp:worksOn {it}"),
        ("unclear", "?value ecp:discrepancyAbout {it}"),
    ],
)
def test_a_part_has_a_link_to_everything_in_the_graph(
    part: str, pattern: str, pages: dict[str, str], engine: Engine
) -> None:
    found = 0
    for iri, page in pages.items():
        expected = values(engine, pattern.format(it=f"<{iri}>"))
        shown = set(re.findall(r'href="/doc/([^"]+)"', section(page, part)))
        assert {value.removeprefix(ID) for value in expected} <= shown, iri
        found += len(expected)
    assert found > 1


def test_where_an_instrument_comes_from_and_what_it_became(pages: dict[str, str]) -> None:
    guidelines, handbook = (text_of(pages[f"{ID}instrument/transit-{name}"]) for name in ("guidelines", "handbook"))
    assert "Comes from converted from Transit Handbook" in guidelines
    assert "Has become, or led to Transit Guidelines" in handbook
    assert "goes back to" not in guidelines


def test_what_is_not_known_is_said(pages: dict[str, str], engine: Engine) -> None:
    without = {iri for iri, page in pages.items() if "No action takes it up." in page}
    taken_up = values(engine, "?action a ecp:Action ; ecp:mentionsInstrument ?value")
    assert without == set(pages) - taken_up
    assert 0 < len(without) < len(pages)
    assert any("No body is known to work on it." in page for page in pages.values())


def test_a_general_verb_stands_only_where_no_other_does(pages: dict[str, str]) -> None:
    told = text_of(section(pages[f"{ID}instrument/transit-guidelines"], "commitments"))
    assert "Global Conference on Transit promotes it" in told
    assert "Global Conference on Transit is about it" not in told
    assert "is about it" in text_of(section(pages[f"{ID}instrument/tfa"], "commitments"))
