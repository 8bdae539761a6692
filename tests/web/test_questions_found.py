"""Questions and pairs of names in the search: the answer, filled in, is the first hit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from ecp_graph.namespaces import expand, using
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.pages.search import questions
from tests.bundled import NAMES
from tests.web.conftest import BROWSER

PAGES = Path(questions.__file__).with_name("pages.yaml")

#: What is typed, and the address that it leads to.
TYPED = {
    "duplication": "/queries/overlap-bodies",
    "PTC TFA WG": "/overlap/body-body/ptc/tfawg",
    "PTC and SAFE Working Group": "/overlap/body-body/ptc/safewg",
    "who works on transit": "/queries/actions?topic=transit",
    "what is due": "/queries/actions-due",
    "due before next PTC session": "/queries/actions-due?body=PTC",
    "phase 2": "/doc/plan/ecp-action-plan-2",
    "what does the TFA WG do?": "/queries/actions-of-body?body=TFAWG",
    "Phase II instruments without follow-up": "/queries/instruments-without-action?phase=ecp-action-plan-2",
    "who reports to whom": "/queries/reporting-lines",
    "what must be clarified before endorsement": "/queries/contradictions",
    "history of Transit Guidelines": "/queries/instruments-lineage?instrument=transit-guidelines",
    "calendar": "/queries/actions-in-time",
    "licence": "/dataset",
    "overlap matrix": "/overlap",
    "check a draft": "/check",
    "PTC": "/doc/body/ptc",
    "Transit Guidelines": "/doc/instrument/transit-guidelines",
}

#: Other texts, on which the server and the browser have to agree: of few words, of two names, and of nothing.
ALSO_TYPED = (
    *("where is transit mentioned", "who meets on the Transit Guidelines", "evidence for PTC", "work on e-commerce"),
    *("tasks of committee", "PTC PTC", "e-commerce PTC", "IMSC phase 2", "topics of", "overlap", "zzz of PTC", "the"),
)


@pytest.fixture(scope="module")
def bundled(releases: Path) -> Flask:
    return create_app(Settings(releases=releases))


@pytest.fixture
def client(bundled: Flask) -> FlaskClient:
    return bundled.test_client()


_NODE = """
import { withQuestions } from %s;
import { createIndex } from %s;
const { index, texts } = JSON.parse(await new Response(process.stdin).text());
const names = createIndex(index);
const pathOf = (url) => (url.startsWith(index.base) ? url.slice(index.base.length - 1) : null);
const find = withQuestions(names, index.asking, { place: (url) => url, pathOf });
console.log(JSON.stringify(texts.map((text) => find(text, 8))));
"""


@pytest.mark.parametrize(("text", "address"), TYPED.items())
def test_the_first_hit_is_the_answer(client: FlaskClient, text: str, address: str) -> None:
    found = client.get("/search.json", query_string={"q": text}).json
    assert found is not None
    assert found["hits"][0]["url"] == address
    page = client.get("/search", query_string={"q": text}, headers={"Accept": BROWSER}).get_data(as_text=True)
    first = page[page.index('class="hits"') :].replace("&amp;", "&")
    assert first.index(address) == first.index('href="') + len('href="')
    assert client.get(address, headers={"Accept": BROWSER}).status_code == 200


def test_each_address_once(client: FlaskClient) -> None:
    found = client.get("/search.json", query_string={"q": "duplication"}).json
    assert found is not None
    addresses = [hit["url"] for hit in found["hits"]]
    assert len(addresses) == len(set(addresses)) == found["total"] > 1
    assert "/overlap/plans" not in addresses  # there is one plan


def test_every_page_that_is_listed_is_one_of_the_site_or_of_a_larger_one(bundled: Flask) -> None:
    listed = yaml.safe_load(PAGES.read_text(encoding="utf-8"))
    assert len(listed) > 8
    assert [page["view"] for page in listed if page["view"] not in {*bundled.view_functions, "about.index"}] == []


def test_one_thing_twice_is_no_pair(client: FlaskClient) -> None:
    found = client.get("/search.json", query_string={"q": "PTC PTC"}).json
    assert found is not None
    assert all("/overlap/" not in hit["url"] for hit in found["hits"])


def test_the_browser_fills_in_the_same(client: FlaskClient) -> None:
    texts = [*TYPED, *ALSO_TYPED]
    given = json.dumps({"index": client.get("/search-index.json").get_json(), "texts": texts})
    source = Path(__file__).resolve().parents[2] / "frontend" / "src"
    script = _NODE % tuple(json.dumps((source / name).as_uri()) for name in ("asking.js", "ranking.js"))
    command = ["node", "--no-warnings", "--input-type=module", "-e", script]
    answered = json.loads(subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout)
    filled_in = 0
    for text, answer in zip(texts, answered, strict=True):
        expected = client.get("/search.json", query_string={"q": text}).get_json()
        hits = [_hit(hit) for hit in expected["hits"]]
        assert [_hit(hit) for hit in answer["hits"]] == hits, text
        assert answer["total"] == expected["total"], text
        filled_in += sum("?" in address for _, _, address in hits)
    assert filled_in > 10


def _hit(hit: dict[str, str]) -> tuple[str, str, str]:
    """Kind, label and address of a hit; a value is written in full."""
    path, _, query = hit["url"].removeprefix("http://localhost").partition("?")
    with using(NAMES):
        values = [f"{name}={expand(value)}" for name, value in parse_qsl(query)]
    return hit["kind"], hit["label"], "?".join([path, *filter(None, ["&".join(values)])])


def test_wordings_find_questions_without_a_server_too(client: FlaskClient) -> None:
    index = client.get("/search-index.json").get_data(as_text=True)
    assert "what must be clarified" in index
    assert "{" not in "".join(name for entry in client.get("/search-index.json").json["entries"] for name in entry[1:2])  # type: ignore[index]
