"""Search: what is found, in which order, what is offered for a slip, and how long it takes with many names."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from ecp_graph.engine.asking import Stream
from ecp_graph.errors import ParameterError
from ecp_graph.queries.names import gather
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.pages.search.index import Entry, SearchIndex, as_objects, fold
from tests.web.conftest import BROWSER

ENTRIES = [
    Entry("body", "Permanent Technical Committee", "/ptc", ("PTC",)),
    Entry("body", "TFA Working Group", "/tfawg", ("TFAWG",), ("WCO TFA WG", "TFA WG")),
    Entry("work programme", "PTC Work Programme", "/ptc-wp", ("PTC-WP",)),
    Entry("instrument", "Compendium on Coordinated Border Management", "/cbm", (), ("CBM Compendium",)),
    Entry("topic", "e-commerce", "/ecommerce"),
    Entry("topic", "Café Straße", "/cafe", (), (), ("Caffe",)),
    Entry("action", "Promote a Single Window", "/16", ("16",)),
]
INDEX = SearchIndex(ENTRIES)


def urls(text: str, index: SearchIndex = INDEX) -> list[str]:
    return [hit.entry.url for hit in index.find(text).hits]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("E-Commerce", "e commerce"),
        ("Café  Straße", "cafe strasse"),
        ("‘optional’ use (GNC)", "optional use gnc"),
        ("İstanbul", "istanbul"),
        ("\u202e_x_", "x"),
        ("--", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PTC", ["/ptc", "/ptc-wp"]),  # an equal code before a name that begins so
        ("ptc work", ["/ptc-wp"]),
        ("tfa wg", ["/tfawg"]),
        ("commerce", ["/ecommerce"]),
        ("E COMMERCE", ["/ecommerce"]),
        ("cafe strasse", ["/cafe"]),
        ("CAFFE", ["/cafe"]),
        ("16", ["/16"]),
        ("action 16", ["/16"]),  # the kind counts as a word
        ("border compendium", ["/cbm"]),
        ("indow", ["/16"]),
        ("om", []),  # short words are looked for at the beginning of words
        ("xyz", []),
        ("", []),
        ("  -- ", []),
        ("a.*", ["/16"]),
    ],
)
def test_what_is_found(text: str, found: list[str]) -> None:
    assert urls(text) == found


def test_order() -> None:
    index = SearchIndex(
        Entry("x", label, label, codes)
        for label, codes in (
            ("Something transitory", ()),
            ("Goods in transit", ()),
            ("Transit Guidelines", ()),
            ("transit", ()),
            ("Quite another", ("TRANSIT",)),
            ("Non-untransit", ()),
        )
    )
    assert urls("transit", index) == [
        "Quite another",
        "transit",
        "Transit Guidelines",
        "Goods in transit",
        "Something transitory",
        "Non-untransit",
    ]


def test_what_is_made_of_names_comes_after_them() -> None:
    entries = [Entry("overlap", "PTC and SEC on transit", "/overlap", is_made=True)]
    entries += [Entry("event", "A very long name of a conference that ends in transit", "/event")]
    assert urls("transit", SearchIndex(entries)) == ["/event", "/overlap"]


def test_a_hit_says_by_which_name_it_was_found() -> None:
    (hit,) = INDEX.find("wco tfa").hits
    assert (hit.matched, hit.matched_kind) == ("WCO TFA WG", "other")
    (hit,) = INDEX.find("working").hits
    assert (hit.matched, hit.matched_kind) == ("TFA Working Group", "label")
    (hit,) = INDEX.find("caffe").hits
    assert hit.matched_kind == "hidden"


def test_more_hits_than_wanted_are_counted() -> None:
    index = SearchIndex(Entry("x", f"Thing {number}", str(number)) for number in range(30))
    found = index.find("thing", most=5)
    assert (len(found.hits), found.total, found.is_cut) == (5, 30, False)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("permanant", ["permanent"]),
        ("Permanant comittee", ["permanent committee"]),
        ("commerec", ["commerce"]),
        ("zzzzzz", []),
        ("zzzzzz committee", ["committee"]),
        ("permanent window", ["permanent", "window"]),
    ],
)
def test_did_you_mean(text: str, near: list[str]) -> None:
    assert INDEX.find(text).total == 0
    assert INDEX.nearest(text) == near
    assert all(INDEX.find(offered).total for offered in near)


def test_json_holds_all_that_is_found_by() -> None:
    content = json.loads(json.dumps(INDEX.as_data("https://example.org/")))
    assert content["version"] == 2
    assert len(content["entries"]) == len(ENTRIES)
    placed = SearchIndex([Entry("rule", "A rule", "/shapes#a"), Entry("x", "X", "http://x.org/#y")]).as_data("u:/")
    assert [entry[2] for entry in placed["entries"]] == [["http://x.org/", "y"], ["u:/shapes", "a"]]
    assert ["body", "TFA Working Group", "https://example.org/tfawg", ["TFAWG"], ["WCO TFA WG", "TFA WG"]] in content[
        "entries"
    ]
    assert ["topic", "e-commerce", "https://example.org/ecommerce"] in content["entries"]
    assert ["topic", "Café Straße", "https://example.org/cafe", [], [], ["Caffe"]] in content["entries"]


_NODE = """
import { createIndex, fold } from %s;
const { index, texts } = JSON.parse(await new Response(process.stdin).text());
const names = createIndex(index);
const found = (text) => {
  const { total, hits } = names.find(text, 20);
  return { folded: fold(text), total, hits, near: total ? [] : names.nearest(text) };
};
console.log(JSON.stringify(texts.map(found)));
"""
_TEXTS = [
    *("ptc", "tfa wg", "transit", "16", "action 16", "Time Release", "optional", "e-commerce", "on", "paragraph 3"),
    *("rule exactly one", "permanant comittee", "transt", "zzzzzzz", "--", "CBM compendium", "ΣΊΣΥΦΟΣ", "İstanbul"),
]


def test_the_browser_finds_the_same_in_the_same_order(whole: FlaskClient) -> None:
    ranking = Path(__file__).resolve().parents[2] / "frontend" / "src" / "ranking.js"
    content = whole.get("/search-index.json").get_json()
    given = json.dumps({"index": content, "texts": _TEXTS})
    script = _NODE % json.dumps(ranking.as_uri())
    command = ["node", "--no-warnings", "--input-type=module", "-e", script]
    answered = json.loads(subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout)
    entries = [
        Entry(
            kind, label, url if isinstance(url, str) else "#".join(url), *map(tuple, rest[:3]), is_made=rest[3:] == [1]
        )
        for kind, label, url, *rest in content["entries"]
    ]
    assert any(entry.is_made for entry in entries)
    index = SearchIndex(entries)
    assert sum(answer["total"] for answer in answered) > 50
    for text, answer in zip(_TEXTS, answered, strict=True):
        found = index.find(text, most=20)
        assert answer["folded"] == fold(text)
        assert (answer["total"], answer["hits"]) == (found.total, as_objects(found)), text
        assert answer["near"] == ([] if found.total else index.nearest(text)), text


@pytest.mark.slow
def test_a_hundred_thousand_names_are_found_too() -> None:
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghiklmnoprstuvwy", k=chance.randint(3, 9))) for _ in range(8_000)]
    index = SearchIndex(
        Entry("thing", " ".join(chance.choices(words, k=4)), str(number), (f"T-{number}",)) for number in range(50_000)
    )
    assert urls("T-4711", index)[0] == "4711"
    assert index.find("a").is_cut
    assert 0 < index.find(words[0]).total < 100
    assert index.find("nothing at all").total == 0
    assert words[0] in index.nearest(words[0] + "q")


# ---------------------------------------------------------------- names


def _names(*rows: tuple[str, str, ox.Literal, str]) -> Stream:
    return Stream(
        ("kind", "nameKind", "name", "thing"),
        iter([(ox.Literal(kind), ox.Literal(sort), name, ox.NamedNode(iri)) for kind, sort, name, iri in rows]),
    )


def test_names_are_gathered_by_thing() -> None:
    found = gather(
        _names(
            ("body", "code", ox.Literal("OMD"), "u:a"),
            ("body", "other", ox.Literal("Customs Organization"), "u:a"),
            ("body", "preferred", ox.Literal("Organisation mondiale", language="fr"), "u:a"),
            ("body", "preferred", ox.Literal("World Organization", language="en-GB"), "u:a"),
            ("topic", "code", ox.Literal("T"), "u:b"),
            ("topic", "preferred", ox.Literal(" "), "u:c"),
        )
    )
    assert list(found) == ["u:a", "u:b"]
    assert "u:c" not in found
    assert found["u:a"].label == "World Organization"
    assert found["u:a"].others == ("Organisation mondiale", "Customs Organization")
    assert found["u:a"].codes == ("OMD",)
    assert found["u:b"].label == "T"
    assert not found["u:a"].is_made
    assert gather(_names(("x", "nickname", ox.Literal("Only this"), "u:e")))["u:e"].label == "Only this"
    made = gather(_names(("overlap", "made", ox.Literal("A and B"), "u:d")))["u:d"]
    assert (made.label, made.others, made.is_made) == ("A and B", (), True)


def test_names_are_gathered_whatever_the_order_of_the_rows() -> None:
    rows = [
        ("body", "preferred", ox.Literal("World Organization", language="en"), "u:a"),
        ("body", "preferred", ox.Literal("Organisation mondiale", language="fr"), "u:a"),
        ("body", "other", ox.Literal("WO"), "u:a"),
        ("body", "other", ox.Literal("The Organization"), "u:a"),
        ("agent", "preferred", ox.Literal("An agent"), "u:a"),
        ("agent", "preferred", ox.Literal("Another"), "u:b"),
    ]
    expected = gather(_names(*rows))
    assert (expected["u:a"].kind, expected["u:a"].label) == ("agent", "An agent")
    for seed in range(20):
        shuffled = random.Random(seed).sample(rows, len(rows))
        found = gather(_names(*shuffled))
        assert (found, list(found)) == (expected, ["u:a", "u:b"])


def test_an_answer_without_names_is_refused() -> None:
    with pytest.raises(ParameterError, match="nameKind is missing"):
        gather(Stream(("kind", "name", "thing"), iter(())))


# ---------------------------------------------------------------- the page


@pytest.fixture(scope="module")
def whole(releases: Path) -> FlaskClient:
    return create_app(Settings(releases=releases)).test_client()


def read(client: FlaskClient, text: str) -> str:
    response = client.get("/search", query_string={"q": text}, headers={"Accept": BROWSER})
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_the_page_groups_hits_by_kind(whole: FlaskClient) -> None:
    text = read(whole, "tfa wg")
    assert text.index(">Body <span>") < text.index("TFA Working Group</a>")
    assert "also called <q>TFA WG</q>" in text
    assert "<code>TFAWG</code>" in text
    assert "Question <span>" in read(whole, "overlap")
    assert "Passage <span>" in read(whole, "paragraph 19")
    assert "Rule <span>" in read(whole, "exactly one position")
    assert "Class <span>" in read(whole, "working body class") or "Class <span>" in read(whole, "strategic goal")


def test_the_page_offers_something_for_a_slip(whole: FlaskClient) -> None:
    text = read(whole, "transt guidlines")
    assert "Nothing is called" in text
    assert '<a href="/search?q=transit+guidelines">' in text
    assert "Did you mean" not in read(whole, "qqqqqqqqqqq")


def test_suggestions(whole: FlaskClient) -> None:
    found = whole.get("/search.json?q=ptc").get_json()
    assert found["query"] == "ptc"
    assert found["hits"][0]["label"] == "Permanent Technical Committee"
    assert found["hits"][0]["code"] == "PTC"
    assert found["total"] > len(found["hits"]) == 8
    assert found["near"] == []
    assert whole.get("/search.json").get_json()["hits"] == []
    assert "committee" in whole.get("/search.json?q=comittee").get_json()["near"]


def test_the_whole_index_as_json(whole: FlaskClient) -> None:
    entries = whole.get("/search-index.json").get_json()["entries"]
    assert len(entries) > 600
    assert any(entry[1] == "Permanent Technical Committee" and entry[3] == ["PTC"] for entry in entries)


def test_files_alone_have_nothing_to_search(settings: Settings) -> None:
    from ecp_graph.engine.embedded import EmbeddedEngine
    from ecp_graph.web.state.source import FixedEngine

    source = FixedEngine(EmbeddedEngine(ox.Store(), name="no files"), is_fixed=True)
    client = create_app(settings, source=source, with_catalogue=False).test_client()
    assert client.get("/search?q=a").get_json()["error"]["code"] == "no-catalogue"
