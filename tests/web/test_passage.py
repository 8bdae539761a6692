"""The page of a passage: where it stands, what was read from it, and its words only where they may be seen."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ecp_graph.addresses import is_loopback
from ecp_graph.pipeline import build
from ecp_graph.settings import Settings
from ecp_graph.twin.publish import publish
from ecp_graph.web.app import create_app
from ecp_graph.web.state.copies import Copies, Words
from ecp_graph.web.state.site import EXTENSION
from ecp_graph.workspace import Workspace
from tests.documents.papers import HARBOUR, as_text, as_word
from tests.documents.test_words import anchors_of
from tests.serving import Reply, serving
from tests.web.conftest import BROWSER

BASE = "https://harbour.example/"
PAGE = "doc/passage/plan/3"
#: The words of that passage; they stand in the copies and nowhere else.
WORDS = "sound their horns in fog"
PERMISSION = '[sources]\npublish = true\nlicence = "Harbour board, CC BY 4.0"\n'
PREFIXES = """\
@prefix concept: <https://w3id.org/ecp-graph/id/concept/> .
@prefix ecp: <https://w3id.org/ecp-graph/ontology#> .
@prefix scheme: <https://w3id.org/ecp-graph/id/scheme/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix reading: <https://harbour.example/graph/plan/> .
@prefix passage: <https://harbour.example/id/passage/plan/> .
@prefix thing: <https://harbour.example/id/> .
"""
READING = """\
reading:{slug}{suffix} {{
    reading:{slug}{suffix} a ecp:Reading ; ecp:readingOf passage:{slug} ; ecp:certainty concept:certainty-{certainty} .
    {facts}
}}
"""
PASSAGE = """passage:{slug} a ecp:SourcePassage ; ecp:passageOf thing:document\\/plan ; ecp:locator "Paragraph {slug}" ;
        ecp:passageKind concept:passage-paragraph ;
        ecp:startOffset {start} ; ecp:endOffset {end} ; ecp:textHash "{text_hash}" ."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a passage for each paragraph and row of the harbour's plan, and a release of it."""
    root = tmp_path_factory.mktemp("harbour")
    (root / "workspace.toml").write_text(f'title = "Harbour"\nbase = "{BASE}"\n', encoding="utf-8")
    (root / "data").mkdir()
    made = [PREFIXES]
    for anchor in anchors_of(HARBOUR):
        where = {"slug": anchor.passage, "start": anchor.start, "end": anchor.end, "text_hash": anchor.text_hash}
        made.append(READING.format(suffix="", certainty="verbatim", facts=PASSAGE.format(**where), **where))
    document = 'thing:document\\/plan a ecp:SourceDocument ; skos:prefLabel "Plan of the harbour"@en .'
    topic = 'thing:topic\\/quays a ecp:Topic ; skos:prefLabel "quays"@en ; skos:inScheme scheme:topics .'
    made += [
        READING.format(slug="3", suffix="", certainty="verbatim", facts=topic + "\n    " + document),
        READING.format(
            slug="3",
            suffix="-interpreted",
            certainty="interpreted",
            facts='thing:topic\\/quays skos:altLabel "landings"@en .',
        ),
    ]
    (root / "data" / "plan.trig").write_text("\n".join(made), encoding="utf-8")
    result = build(Workspace(root), root / "releases")
    assert result.release is not None, [finding.message for finding in result.report.findings]
    (root / "sources").mkdir()
    as_text(HARBOUR, root / "sources" / "plan.txt")
    return root


@pytest.fixture(scope="module")
def settings(workspace: Path) -> Settings:
    return Settings(workspace=workspace, releases=workspace / "releases")


@pytest.fixture
def make(settings: Settings, tmp_path: Path) -> Callable[..., Flask]:
    """Return ``make(is_local=True, **settings)``: an app with the copies of a folder of its own."""

    def made(*, is_local: bool = True, **given: Any) -> Flask:
        app = create_app(replace(settings, **{"sources": tmp_path, **given}))
        app.extensions[EXTENSION].copies.is_local = is_local
        return app

    return made


def get(client: FlaskClient, path: str = PAGE, **headers: str) -> Any:
    return client.get("/" + path, headers={"Accept": BROWSER, **headers})


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", response.get_data(as_text=True)))


def test_it_shows_the_words_where_and_what_was_read(make: Callable[..., Flask], tmp_path: Path) -> None:
    as_text(HARBOUR, tmp_path / "plan.txt")
    client = make().test_client()
    assert client.get("/id/passage/plan/3", headers={"Accept": BROWSER}).headers["Location"].startswith("/" + PAGE)
    response = get(client)
    text = text_of(response)
    assert "2. Ships of the north quay sound their horns in fog only." in text
    assert "the copy plan.txt; the text matches the hash of the passage" in text
    assert "Paragraph 3" in text
    assert "Verbatim reading" in text
    assert (
        text.index("Verbatim reading")
        < text.index("quays")
        < text.index("Interpreted reading")
        < text.index("landings")
    )
    assert 'href="/graph/plan/3-interpreted"' in response.get_data(as_text=True)


def test_a_row_is_shown_with_its_cells_apart(make: Callable[..., Flask], tmp_path: Path) -> None:
    as_word(HARBOUR, tmp_path / "plan.docx")
    response = get(make().test_client(), "doc/passage/plan/5")
    cells = re.findall("<td>([^<]+)</td>", response.get_data(as_text=True))
    assert cells[:4] == ["1", "Measure the noise of each quay", "Harbour board", "2031"]
    assert "table 1, row 2" in text_of(response)


def test_text_of_a_copy_is_no_markup(make: Callable[..., Flask], tmp_path: Path) -> None:
    as_text(HARBOUR, tmp_path / "plan.txt")
    page = get(make().test_client(), "doc/passage/plan/9").get_data(as_text=True)
    assert "in May: &lt;b&gt;quiet&lt;/b&gt; &amp; dry." in page


def test_without_a_copy_it_says_where_to_look(make: Callable[..., Flask], tmp_path: Path) -> None:
    as_text(HARBOUR, tmp_path / "other.txt")
    text = text_of(get(make().test_client()))
    assert "Look in your own copy of Plan of the harbour: Paragraph 3" in text
    assert "plan.txt, .docx or .pdf" in text
    assert WORDS not in text


def test_a_copy_with_other_words_shows_none(make: Callable[..., Flask], tmp_path: Path) -> None:
    client = make().test_client()
    as_text(HARBOUR, tmp_path / "plan.txt")
    assert WORDS in text_of(get(client))
    copy = (tmp_path / "plan.txt").read_text(encoding="utf-8")
    (tmp_path / "plan.txt").write_text(copy.replace("horns", "bells"), encoding="utf-8")
    text = text_of(get(client))
    assert "plan.txt: no place in this copy holds these words" in text
    assert "bells" not in text
    assert "quieter quays" in text_of(get(client, "doc/passage/plan/1")), "other passages of the copy still hold"
    as_word(HARBOUR, tmp_path / "plan.docx")
    assert "the copy plan.docx" in text_of(get(client)), "another format may still hold them"


def test_a_copy_that_takes_long_gives_its_words_the_next_time(tmp_path: Path) -> None:
    as_text(HARBOUR, tmp_path / "plan.txt")
    copies, anchors = Copies(tmp_path), anchors_of(HARBOUR)
    missed = copies.words("plan", "3", anchors, wait_s=0)
    assert isinstance(missed, list)
    assert ["being read" in miss.reason for miss in missed] == [True]
    assert isinstance(copies.words("plan", "3", anchors), Words)


def test_a_broken_copy_is_a_sentence(make: Callable[..., Flask], tmp_path: Path) -> None:
    (tmp_path / "plan.docx").write_bytes(b"no archive")
    text = text_of(get(make().test_client()))
    assert "plan.docx: it is no Word document" in text
    assert str(tmp_path) not in text


def test_words_on_this_machine_are_kept_by_no_cache_and_read_by_no_other_page(
    make: Callable[..., Flask], tmp_path: Path
) -> None:
    as_text(HARBOUR, tmp_path / "plan.txt")
    client = make().test_client()
    response = get(client, Origin="https://evil.example")
    assert WORDS in text_of(response)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers
    assert "Access-Control-Allow-Origin" not in response.headers
    data = client.get("/" + PAGE + ".ttl")
    assert data.headers["Access-Control-Allow-Origin"] == "*"
    assert "horns" not in data.get_data(as_text=True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"X-Forwarded-For": "192.0.2.7"},
        {"Forwarded": "for=192.0.2.7"},
        {"Via": "1.1 proxy"},
    ],
    ids=str,
)
def test_a_request_from_elsewhere_shows_no_words(
    headers: dict[str, str], make: Callable[..., Flask], tmp_path: Path
) -> None:
    as_text(HARBOUR, tmp_path / "plan.txt")
    client = make().test_client()
    assert WORDS in text_of(get(client))
    text = text_of(get(client, **headers))
    assert WORDS not in text
    assert "not published here" in text
    assert (
        client.get("/" + PAGE, environ_base={"REMOTE_ADDR": "192.0.2.7"}, headers={"Accept": BROWSER}).status_code
        == 200
    )
    assert WORDS not in text_of(
        client.get("/" + PAGE, environ_base={"REMOTE_ADDR": "192.0.2.7"}, headers={"Accept": BROWSER})
    )


@pytest.mark.parametrize("what", ["beyond loopback", "behind a proxy", "twin"])
def test_what_leaves_the_machine_has_no_words(what: str, make: Callable[..., Flask], tmp_path: Path) -> None:
    as_text(HARBOUR, tmp_path / "plan.txt")
    proxies = ("127.0.0.1",) if what == "behind a proxy" else ()
    app = make(is_local=what != "beyond loopback", trusted_proxies=proxies)
    app.config["TWIN"] = what == "twin"
    response = get(app.test_client())
    assert WORDS not in text_of(response)
    assert "Look in your own copy" in text_of(response)
    assert response.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    ("permission", "is_shown"),
    [
        (PERMISSION, True),
        ("[sources]\npublish = true\n", False),
        ('[sources]\npublish = true\nlicence = " "\n', False),
        ('[sources]\npublish = false\nlicence = "CC BY 4.0"\n', False),
        ("", False),
    ],
    ids=["both", "no licence", "blank licence", "not published", "nothing"],
)
def test_words_leave_the_machine_where_the_workspace_says_so_and_under_which_licence(
    permission: str, is_shown: bool, workspace: Path, settings: Settings, tmp_path: Path
) -> None:
    root = tmp_path / "permitted"
    root.mkdir()
    toml = (workspace / "workspace.toml").read_text(encoding="utf-8")
    (root / "workspace.toml").write_text(toml + permission, encoding="utf-8")
    (root / "sources").symlink_to(workspace / "sources")
    response = get(create_app(replace(settings, workspace=root)).test_client(), Host="harbour.example")
    assert (WORDS in text_of(response)) == is_shown
    assert ("Harbour board, CC BY 4.0" in text_of(response)) == is_shown
    # a copy may change without a new release, so an entity tag would be wrong
    assert ("ETag" in response.headers) != is_shown
    assert response.headers["Cache-Control"] == "public, no-cache"


def files_with(folder: Path, words: bytes) -> list[str]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert len(found) > 10
    return [path.name for path in found if words in re.sub(rb"\s+", b" ", path.read_bytes())]


@pytest.mark.slow
@pytest.mark.parametrize("permission", ["", PERMISSION], ids=["private", "published"])
def test_the_twin_and_the_dumps_hold_words_only_by_permission(
    permission: str, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECP_GRAPH_SOURCES", str(workspace / "sources"))
    root = tmp_path / "workspace"
    root.mkdir()
    toml = (workspace / "workspace.toml").read_text(encoding="utf-8")
    (root / "workspace.toml").write_text(toml + permission, encoding="utf-8")
    (root / "data").symlink_to(workspace / "data")
    release = build(Workspace(root), root / "releases").release
    assert release is not None
    publish(release, Workspace(root), tmp_path / "site", base_url="https://harbour.example/site/", processes=1)
    assert files_with(tmp_path / "site", WORDS.encode()) == (["3.html"] if permission else [])
    assert files_with(release.path, WORDS.encode()) == []
    assert files_with(release.path, b"landings"), "what was read is there"


@pytest.mark.slow
@pytest.mark.parametrize(("host", "is_shown"), [("127.0.0.1", True), ("0.0.0.0", False)])
def test_a_real_server_shows_them_on_loopback_alone(host: str, is_shown: bool, workspace: Path) -> None:
    where = ["--workspace", str(workspace), "--releases", str(workspace / "releases"), "--host", host]
    with serving(*where) as served:
        replies: list[Reply] = [
            served.open(urllib.request.Request(served.url + PAGE, headers={"Accept": "text/html"})) for _ in range(2)
        ]
        turtle = served.open(served.url + PAGE + ".ttl")
    for reply in replies:
        assert reply.status == 200
        assert (WORDS.encode() in reply.body) == is_shown
        assert ("private" in reply.headers["cache-control"]) == is_shown
    assert b"horns" not in turtle.body


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *[("127.0.0.1", True), ("127.9.9.9", True), ("[::1]", True), ("::1", True), ("localhost", True)],
        *[("0.0.0.0", False), ("::", False), ("10.0.0.1", False), ("localhost.evil.example", False), ("", False)],
    ],
)
def test_loopback_is_known_by_address(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
