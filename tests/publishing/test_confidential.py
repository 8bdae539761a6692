"""A confidential plan is in nothing that leaves the machine, and is shown on it; one check finds it wherever it is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from ecp_graph.cli import cli
from ecp_graph.errors import NothingPublic, ReleaseError
from ecp_graph.linked_data.push.graph_store import GraphStore
from ecp_graph.linked_data.push.push import push
from ecp_graph.pipeline import BuildResult, build
from ecp_graph.release.release import PUBLIC, Release, open_release, public_part, verify_release
from ecp_graph.release.versions import releases_beside
from ecp_graph.settings import Settings
from ecp_graph.twin.publish import publish
from ecp_graph.web.app import create_app
from ecp_graph.workspace import Workspace
from tests.crawl.crawler import Fetched, crawl
from tests.engines.stores import Store, oxigraph_server
from tests.web.asgi import serving

from .confidential_workspace import betrayals, write_two_plans

PLAN = "/doc/plan/kestrel"
Build = Callable[..., tuple[Workspace, BuildResult]]


@pytest.fixture
def built(tmp_path: Path) -> Build:
    """Build the two plans into ``releases`` beside the workspace, with changes to the files."""

    def make(changes: dict[str, str] | None = None) -> tuple[Workspace, BuildResult]:
        shutil.rmtree(tmp_path / "workspace", ignore_errors=True)
        workspace = write_two_plans(tmp_path / "workspace", changes)
        return workspace, build(workspace, tmp_path / "releases")

    return make


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Release]:
    root = tmp_path_factory.mktemp("confidential")
    workspace = write_two_plans(root / "workspace")
    release = build(workspace, root / "releases").release
    assert release is not None
    return workspace, release


@pytest.fixture(scope="module")
def leaking(made: tuple[Workspace, Release], tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The planted leak: the same files, of which nothing is withheld."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ecp_graph.pipeline.steps.withheld", lambda workspace, data: None)
        release = build(made[0], tmp_path_factory.mktemp("leaking")).release
    assert release is not None
    return release


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with oxigraph_server(tmp_path_factory.mktemp("oxigraph")) as server:
        yield server


def below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def dumps(_: Workspace, release: Release, __: Path) -> dict[str, bytes]:
    found = below(release.path / "dumps")
    assert len(found) > 15
    return found


def description(_: Workspace, release: Release, __: Path) -> dict[str, bytes]:
    return {"description.ttl": release.description.read_bytes()}


def twin(workspace: Workspace, release: Release, folder: Path) -> dict[str, bytes]:
    report = publish(release, workspace, folder / "site", base_url="https://example.org/", processes=1)
    assert (report.broken, report.refused) == ({}, [])
    assert report.files > 100
    return below(folder / "site")


def open_server(workspace: Workspace, release: Release, _: Path) -> dict[str, bytes]:
    return pages(client_of(workspace, release, host="0.0.0.0"))


def client_of(workspace: Workspace, release: Release, **settings: object) -> FlaskClient:
    place = {"workspace": workspace.root, "releases": release.path.parent, "timeout": 60.0}
    client = create_app(Settings(**{**place, **settings})).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


def pages(client: FlaskClient) -> dict[str, bytes]:
    """Return what each page and file says that a crawler finds, and those that no link leads to."""
    found: dict[str, bytes] = {}

    def fetch(address: str) -> Fetched:
        with client.get(address, follow_redirects=True) as response:
            body = response.get_data()
            if response.status_code == 200:  # an error tells back what was asked for
                found[address] = body
            return Fetched(response.status_code, response.mimetype or "", body)

    crawl(fetch, "http://localhost")
    for address in ("/sitemap.xml", "/search-index.json", "/sparql/terms.json", "/releases.atom", "/health", PLAN):
        fetch(address)
    fetch("/sparql?format=nt&query=CONSTRUCT+WHERE+%7B+?s+?p+?o+%7D")
    assert len(found) > 100
    assert all(found["/"] and found[address] for address in ("/dataset", "/sitemap.xml", "/search-index.json"))
    return found


def tables(workspace: Workspace, release: Release, folder: Path) -> dict[str, bytes]:
    """Return the rows of each table that a server on this machine hands out; the files themselves are compressed."""
    client = client_of(workspace, release)
    found = {}
    for path in sorted(release.tables.glob("*.parquet")):
        with client.get(f"/dumps/tables/{path.name}") as response:
            (folder / path.name).write_bytes(response.get_data())
        found[path.stem] = repr(duckdb.execute(f"FROM '{folder / path.name}'").fetchall()).encode()
    assert len(found) == 33
    return found


WAYS_OUT = (dumps, description, tables, twin, open_server)


@pytest.mark.parametrize("way", WAYS_OUT)
def test_nothing_that_leaves_tells_of_the_plan(
    way: Callable[..., dict[str, bytes]], made: tuple[Workspace, Release], tmp_path: Path
) -> None:
    contents = way(*made, tmp_path)
    assert betrayals(contents) == []
    assert any(b"lantern" in body for body in contents.values()) or way is description


@pytest.mark.parametrize("way", [dumps, tables, twin, open_server])
def test_the_same_check_finds_a_leak(
    way: Callable[..., dict[str, bytes]], made: tuple[Workspace, Release], leaking: Release, tmp_path: Path
) -> None:
    assert len(betrayals(way(made[0], leaking, tmp_path))) > 5


class _Sent(GraphStore):
    """The graphs of a store, with all that is sent to it."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.graph_store, login=store.login, limit_s=60)
        self.contents: dict[str, bytes] = {}

    def _send(self, method: str, graph: str | None, body: bytes | None) -> None:
        if method != "DELETE":
            self.contents[f"{len(self.contents)} {method} {graph}"] = body or b""
        super()._send(method, graph, body)


def test_a_push_sends_nothing_of_the_plan_and_takes_back_what_an_earlier_one_sent(
    made: tuple[Workspace, Release], leaking: Release, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    leak, clean = _Sent(store), _Sent(store)
    push(leaking, store.endpoint, graph_store=leak)
    assert len(betrayals(leak.contents)) > 2
    report = push(made[1], store.endpoint, graph_store=clean)
    assert betrayals({name: body for name, body in clean.contents.items() if not name.endswith("push")}) == []
    assert any(graph and graph.endswith("graph/kestrel") for graph in report.removed)
    assert report.release == public_part(made[1]).id


def test_a_local_server_shows_the_plan_with_a_mark_to_this_machine_alone(made: tuple[Workspace, Release]) -> None:
    client = client_of(*made)
    plan, home = client.get(PLAN), client.get("/")
    assert "Kestrel plan" in plan.text
    assert "Confidential: this belongs to a plan" in plan.text
    assert "Confidential: this belongs to a plan" in client.get("/doc/action/kestrel-1").text
    assert "Confidential: this belongs to a plan" not in client.get("/doc/plan/lantern").text
    assert "This release holds confidential plans" in home.text
    slug = PLAN.rpartition("/")[2]
    assert "Confidential: this briefing has content of Kestrel plan" in client.get(f"/brief/plan/{slug}.md").text
    with client.get("/dumps/dataset.nq") as dump:
        assert betrayals({"dump": dump.data}) == []
    # neither the page of another site, in a browser of this machine, nor somebody behind a proxy
    assert "Access-Control-Allow-Origin" not in client.get("/sparql?query=ASK%7B%7D").headers
    elsewhere: tuple[dict[str, Any], ...] = (
        {"base_url": "http://plans.example"},
        {"headers": {"X-Forwarded-For": "192.0.2.1"}},
        {"environ_base": {"REMOTE_ADDR": "192.0.2.1"}},
    )
    for request in elsewhere:
        refused = client.get(PLAN, **request)
        assert (refused.status_code, "Kestrel" in refused.text, "data/" in refused.text) == (403, False, False)


def test_the_cache_of_a_local_server_hands_nothing_on(made: tuple[Workspace, Release]) -> None:
    """It answers before the app sees who asks."""
    workspace, release = made
    server = serving(Settings(workspace=workspace.root, releases=release.path.parent, access_log=False))
    ours = {"accept": "text/html", "host": "localhost"}
    assert [server.send("GET", PLAN, **ours).status for _ in range(2)] == [200, 200]
    assert server.send("GET", PLAN, **ours, **{"x-forwarded-for": "192.0.2.1"}).status == 403
    assert server.cache_hits() == 0


@pytest.mark.parametrize("settings", [{"host": "0.0.0.0"}, {"host": "::"}, {"trusted_proxies": ("127.0.0.1",)}])
def test_a_server_for_others_has_the_public_part(made: tuple[Workspace, Release], settings: dict[str, object]) -> None:
    client = client_of(*made, **settings)
    assert client.get(PLAN, base_url="http://plans.example").status_code == 404
    home = client.get("/", base_url="http://plans.example")
    assert home.status_code == 200
    assert "onfidential" not in home.text
    assert client.get("/sparql?query=ASK%7B%7D").headers["Access-Control-Allow-Origin"] == "*"


def test_the_public_part_is_a_release_of_its_own_inside_the_whole_one(made: tuple[Workspace, Release]) -> None:
    release = made[1]
    part = public_part(release)
    assert release.confidential == ("data/kestrel/",)
    assert part.path.parent == release.path / PUBLIC
    assert verify_release(release) == verify_release(part) == []
    assert betrayals({"dataset.nq": release.dataset.read_bytes()}) == ["dataset.nq"]
    assert public_part(part) == part
    assert release.description.read_bytes() == part.description.read_bytes()


def test_without_a_mark_nothing_is_different(made: tuple[Workspace, Release], tmp_path: Path) -> None:
    """The public part is, to the byte, the release of a workspace that never had the plan."""
    shutil.copytree(made[0].root, tmp_path / "workspace")
    shutil.rmtree(tmp_path / "workspace" / "data" / "kestrel")
    plain = build(Workspace(tmp_path / "workspace"), tmp_path / "releases").release
    assert plain is not None
    part = public_part(made[1])
    assert plain.id == part.id
    assert {name: facts for name, facts in plain.manifest.items() if name != "files"} == {
        name: facts for name, facts in part.manifest.items() if name != "files"
    }
    assert plain.dataset.read_bytes() == part.dataset.read_bytes()
    assert not (plain.path / PUBLIC).exists()


REFERENCES = {
    "a statement": ({"data/lantern/x.trig": "graph:lantern { plan:lantern ecp:follows plan:kestrel . }"}, "x.trig:"),
    "a statement about the plan": ({"data/x.trig": 'graph:register { plan:kestrel skos:note "!"@en . }'}, "x.trig:"),
    "a reading": ({"data/x.trig": 'graph:kestrel { body:board skos:note "!"@en . }'}, "x.trig:"),
    "a topic": ({"data/x.trig": "graph:register { action:lantern-1 dcterms:subject topic:kestrel . }"}, "x.trig:"),
    "a literal": ({"data/x.trig": 'graph:register { body:board skos:note "See plan:kestrel."@en . }'}, "x.trig:"),
    "a query": ({"queries/x.rq": "#+ summary: X\nSELECT * { plan:kestrel ?p ?o }"}, "queries/x.rq:2"),
    "a prefix": ({"workspace.toml": 'kestrel = "graph/kestrel/"\n'}, "workspace.toml"),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_what_refers_to_the_plan_is_reported_and_nothing_leaves(name: str, built: Build, tmp_path: Path) -> None:
    changes, place = REFERENCES[name]
    workspace, result = built(changes)
    assert result.release is not None
    assert result.public is not None
    (finding,) = [one for one in result.public.findings if one.severity == "Violation"]
    assert place in (finding.where or "")
    assert "data/kestrel/" in (finding.remedy or "")
    with pytest.raises(NothingPublic, match="ecp-graph build"):
        publish(result.release, workspace, tmp_path / "site", base_url="https://example.org/")
    with pytest.raises(NothingPublic):
        push(result.release, "http://127.0.0.1:9/query")
    assert not (tmp_path / "site").exists()
    assert below(result.release.path / "dumps") == {}
    for address in ("/", "/sparql", "/health"):
        refused = client_of(workspace, result.release, host="0.0.0.0").get(address)
        assert (refused.status_code, betrayals({address: refused.data})) == (503, [])
    assert client_of(workspace, result.release).get("/sparql").status_code == 200


def test_a_shared_thing_that_only_the_confidential_files_describe_is_reported(built: Build) -> None:
    _, result = built(
        {
            "data/kestrel/x.trig": "graph:kestrel { instrument:tide a ecp:Instrument . }",
            "data/lantern/x.trig": "graph:lantern { action:lantern-1 ecp:concernsInstrument instrument:tide . }",
        }
    )
    assert result.public is not None
    assert [one.where for one in result.public.findings] == ["data/lantern/x.trig:13"]


def test_a_name_that_is_a_common_word_is_no_trace(built: Build) -> None:
    """A reading called "body" ends like the prefix of the open bodies."""
    _, result = built({"data/kestrel/x.trig": 'graph:body { body:board skos:note "Kestrel"@en . }'})
    assert result.public is not None
    assert result.public.findings == ()


def test_rules_hold_for_the_public_part_by_itself(built: Build) -> None:
    """The body that an open action needs is named in the confidential files alone."""
    _, result = built(
        {
            "data/x.trig": 'graph:register { action:lantern-2 a ecp:Action ; skos:prefLabel "Dredge"@en . }',
            "data/kestrel/x.trig": "graph:kestrel { action:lantern-2 ecp:responsibleBody body:board . }",
        }
    )
    assert result.report.conforms
    assert result.public is not None
    assert [one.message for one in result.public.findings] == ["The action has nobody responsible."]


@pytest.mark.parametrize(("value", "is_confidential"), [("true", True), ("1", True), ("false", False)])
def test_what_marks_a_plan(value: str, *, is_confidential: bool, built: Build) -> None:
    """A value that is mistyped keeps a plan in; the unit of a file directly in data/ is that file."""
    value = f'"{value}"^^<http://www.w3.org/2001/XMLSchema#boolean>' if value == "1" else value
    _, result = built(
        {"data/plain.trig": f"graph:register {{ plan:plain a ecp:ActionPlan ; ecp:confidential {value} . }}"}
    )
    assert result.release is not None
    assert ("data/plain.trig" in result.release.confidential) is is_confidential


def test_a_workspace_of_confidential_plans_alone_is_for_this_machine(tmp_path: Path) -> None:
    workspace = write_two_plans(tmp_path / "workspace")
    for name in ("register.trig", "lantern/plan.trig"):
        (workspace.root / "data" / name).rename(workspace.root / "data" / "kestrel" / name.replace("/", "-"))
    result = build(workspace, tmp_path / "releases")
    assert result.release is not None
    assert result.public is None
    with pytest.raises(NothingPublic):
        public_part(result.release)


def test_a_running_server_stops_showing_a_plan_that_has_been_marked(built: Build) -> None:
    """Where nothing may be shown any more, the last good release is not kept in use, unlike with a damaged one."""
    reference = REFERENCES["a topic"][0]
    mark = {"data/lantern/mark.trig": "graph:lantern { plan:lantern ecp:confidential true . }"}
    workspace, result = built()
    assert result.release is not None
    client = client_of(workspace, result.release, host="0.0.0.0")
    assert "Lantern plan" in client.get("/doc/plan/lantern").text
    built(mark)
    assert client.get("/doc/plan/lantern").status_code == 404
    assert client.get("/doc/body/board").status_code == 200
    built(reference)
    assert client.get("/doc/body/board").status_code == 503
    built()
    assert client.get("/doc/body/board").status_code == 200


def test_older_releases_are_not_listed_beside_one_without_the_plan(built: Build) -> None:
    workspace, marked = built()
    assert marked.release is not None
    os.utime(marked.release.path / "manifest.json", (1_700_000_000,) * 2)
    shutil.rmtree(workspace.root / "data" / "kestrel")
    after = build(workspace, marked.release.path.parent).release
    assert after is not None
    assert [one.id for one in releases_beside(after)] == [after.id]
    assert {one.id for one in releases_beside(marked.release)} == {after.id, marked.release.id}
    client = client_of(workspace, after, host="0.0.0.0")
    assert client.get(f"/release/{marked.release.id}/dumps/dataset.nq").status_code == 404
    assert client.get(f"/releases/{marked.release.id}..{after.id}").status_code == 404


def test_commands_say_what_is_left_out_and_refuse_a_release_from_before_the_mark(tmp_path: Path) -> None:
    workspace = write_two_plans(tmp_path / "workspace")
    place = ["--workspace", str(workspace.root), "--releases", str(tmp_path / "releases")]
    run = CliRunner().invoke
    assert run(cli, ["build", *place]).exit_code == 0
    outgoing = ["publish", "--out", str(tmp_path / "site")], ["push", "--endpoint", "http://127.0.0.1:9/query"]
    assert "Left out, because it is confidential: data/kestrel/." in run(cli, [*outgoing[1], *place]).stderr
    asked = run(cli, ["query", "-", *place], input="SELECT ?name { plan:kestrel skos:prefLabel ?name }")
    assert "Kestrel plan" in asked.stdout
    mark = workspace.root / "data" / "lantern" / "mark.nt"
    mark.write_text(
        '<https://port.example/plan/id/plan/lantern> <https://w3id.org/ecp-graph/ontology#confidential> "true" .'
    )
    for command in outgoing:
        said = run(cli, [*command, *place])
        assert said.exit_code == ReleaseError.exit_code
        assert "data/lantern/ has been marked as confidential since" in said.stderr


def test_files_with_a_confidential_plan_are_served_on_this_machine_alone(made: tuple[Workspace, Release]) -> None:
    file = made[0].root / "data" / "kestrel" / "plan.trig"
    said = CliRunner().invoke(cli, ["serve", str(file), "--host", "0.0.0.0", "--port", "0"])
    assert said.exit_code == 2
    assert "marked as confidential" in said.stderr


def test_build_says_what_keeps_the_public_part_from_being_made(tmp_path: Path) -> None:
    workspace = write_two_plans(tmp_path / "workspace", REFERENCES["a topic"][0])
    said = CliRunner().invoke(
        cli, ["build", "--workspace", str(workspace.root), "--releases", str(tmp_path / "releases")]
    )
    assert said.exit_code == 1
    assert "data/x.trig:13" in said.stderr
    assert "A statement names topic:kestrel, which only a confidential plan describes." in said.stderr
    assert "Move it into data/kestrel/" in said.stderr
    assert "nothing of the release can be published" in said.stderr
    assert open_release(tmp_path / "releases").confidential == ("data/kestrel/",)
