"""Publishing: the whole site as files, in one step, with nothing left of what is gone."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask, Response

from ecp_graph.errors import PublishError
from ecp_graph.pipeline import build
from ecp_graph.release.release import Release
from ecp_graph.twin.names import file_of
from ecp_graph.twin.publish import MARK, most_processes, publish, put_in_place, twin_app
from ecp_graph.twin.redirects import redirect_files
from ecp_graph.workspace import Workspace, bundled_workspace
from tests.build.conftest import DATA, write_workspace
from tests.conftest import TWIN_BASE as BASE
from tests.publishing.conftest import QUERIES
from tests.waiting import wait_for

COMMAND = [sys.executable, "-m", "ecp_graph.cli", "publish"]


def test_it_has_the_pages_and_says_from_what(twin: Path, release: Release) -> None:
    facts = json.loads((twin / MARK).read_text())
    assert facts["release"] == release.id
    for file in ("index.html", "queries.html", "queries/overlap-bodies.html", "sparql.html", "static/style.css"):
        assert (twin / file).stat().st_size > 500, file


def test_every_link_of_every_page_leads_to_a_file(twin: Path) -> None:
    from selectolax.lexbor import LexborHTMLParser

    looked_at = 0
    for page in twin.rglob("*.html"):
        for node in LexborHTMLParser(page.read_text()).css("[href], [src]"):
            target = node.attrs.get("href") or node.attrs.get("src") or ""
            if page == twin / "404.html":  # it is shown at any address, so its links begin at the root
                assert target.startswith(("/plan/", "http:", "https:", "#")), target
                target = target.removeprefix("/plan/")
            assert not target.startswith("/"), (page, target)
            if target.startswith(("http:", "https:", "#", "data:")) or not target:
                continue
            assert (page.parent / target.partition("#")[0].partition("?")[0]).is_file(), (page, target)
            looked_at += 1
    assert looked_at > 2000


def test_no_page_promises_what_needs_a_server(twin: Path) -> None:
    from selectolax.lexbor import LexborHTMLParser

    for page in twin.rglob("*.html"):
        text = " ".join(LexborHTMLParser(page.read_text()).text().split())
        assert not re.search(r"For programs:|Programs use|/releases/A\.\.B|\bHealth\b", text), page
    assert "Any two can be compared with" in (twin / "releases.html").read_text()


def test_the_host_of_the_crawl_is_nowhere(twin: Path) -> None:
    texts = [path for path in twin.rglob("*") if path.suffix in {".html", ".xml", ".json", ".atom", ".txt", ".ttl"}]
    assert len(texts) > 100
    assert not [path for path in texts if b"twin.invalid" in path.read_bytes()]


def test_an_old_name_has_the_document_of_what_replaces_it(twin: Path) -> None:
    old, new = (twin / "doc" / "goal" / f"{name}.nt" for name in ("1", "wco-strategic-plan-2016-1"))
    assert sorted(old.read_text().splitlines()) == sorted(new.read_text().splitlines())
    assert "Goal 1" in (twin / "doc" / "goal" / "1.html").read_text()


def test_it_comes_again_in_one_step_and_what_is_gone_is_gone(tmp_path: Path) -> None:
    workspace, release = _small_release(tmp_path)
    folder = tmp_path / "site"
    publish(release, workspace, folder, base_url=BASE, processes=1)
    (folder / "stale.html").write_text("old")
    publish(release, workspace, folder, base_url=BASE, processes=1)
    assert (folder / "index.html").exists()
    assert not (folder / "stale.html").exists()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_a_folder_of_something_else_is_left_alone(release: Release, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years")
    with pytest.raises(PublishError, match="contains something other than a published site"):
        publish(release, bundled_workspace(), tmp_path, base_url=BASE)
    assert (tmp_path / "thesis.txt").read_text() == "three years"


def test_a_broken_link_is_told(tmp_path: Path) -> None:
    workspace, release = _small_release(tmp_path)
    report = publish(release, workspace, tmp_path / "site", base_url=BASE, processes=1, make_app=_app_with_fault)
    assert report.broken == {"/nowhere": 404}


def test_a_workspace_without_a_catalogue_links_to_no_page_that_it_does_not_have(tmp_path: Path) -> None:
    replaced = "action:old owl:deprecated true ; dcterms:isReplacedBy action:a1 . action:a1 a ecp:Action ;"
    data = DATA.replace("action:a1 a ecp:Action ;", replaced)
    assert data != DATA
    workspace = write_workspace(tmp_path / "w", {"data/main.trig": data})
    (workspace.root / "about.md").write_text(
        "See [two actions](/actions), [a row](action:a1) and [the data](/dataset)."
    )
    with (workspace.root / "workspace.toml").open("a", encoding="utf-8") as file:
        file.write('\n[site]\nabout = "about.md"\n')
    made = build(workspace, tmp_path / "releases").release
    assert made is not None
    report = publish(made, workspace, tmp_path / "site", base_url=BASE, processes=1)
    assert report.broken == {}
    assert report.files > 100
    told = (tmp_path / "site" / "about.html").read_text()
    assert 'See two actions, a row and <a href="dataset.html">the data</a>.' in told


def _app_with_fault(release: Release, workspace: Workspace, answers: Path, timeout_s: float) -> Flask:
    app = twin_app(release, workspace, answers, timeout_s)
    app.jinja_env.globals["version"] = "1"
    app.after_request(_break_links)
    return app


def _break_links(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.set_data(response.get_data().replace(b"</main>", b'<a href="/nowhere">x</a></main>'))
    return response


@pytest.mark.parametrize("begun", ["site", "site/*"], ids=["at its begin", "in its midst"])
def test_interrupted_it_leaves_the_old_site_whole(begun: str, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    workspace, release = _small_release(tmp_path)
    command = [*COMMAND, "--out", str(folder), "--releases", str(release.path.parent)]
    command += ["--workspace", str(workspace.root)]
    subprocess.run(command, check=True, capture_output=True)
    before = {path.relative_to(folder): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    wait_for(lambda: bool(list(tmp_path.glob(f".site.publishing-*/{begun}"))))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=300)
    assert process.returncode != 0
    assert b"Traceback" not in said
    assert {path.relative_to(folder): path.stat().st_size for path in folder.rglob("*") if path.is_file()} == before
    assert list(tmp_path.glob(".site.publishing-*")) == []


def test_killed_it_takes_its_processes_along(releases: Path, tmp_path: Path) -> None:
    command = [*COMMAND, "--out", str(tmp_path / "s"), "--releases", str(releases)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        wait_for(lambda: bool(list(tmp_path.glob(".s.publishing-*/site/*"))))
        children = _children(process.pid)
        process.kill()
    assert len(children) > 1
    wait_for(lambda: not any(Path("/proc", child, "cmdline").exists() for child in children))


def _children(process: int) -> list[str]:
    return [child for tasks in Path(f"/proc/{process}/task").glob("*/children") for child in tasks.read_text().split()]


def test_there_are_as_many_processes_as_memory_lasts_for() -> None:
    assert most_processes(11_000, cores=2) == 2
    assert most_processes(11_000, cores=64) == 11
    assert most_processes(1_035_810, cores=64) == 2
    assert most_processes(10_000_000, cores=64) == 1


def test_the_rules_send_identifiers_to_documents() -> None:
    files = redirect_files(BASE)
    assert "RewriteRule ^id/(.+)$ https://example.org/plan/doc/$1.ttl [R=303,L,NE]" in files["redirects/w3id.htaccess"]
    assert "RewriteRule ^id/(.+)$ /plan/doc/$1.ttl [R=303,L,NE]" in files[".htaccess"]
    assert "/plan/id/* /plan/doc/:splat.html 303" in files["_redirects"]
    assert "return 303 /plan/doc/$thing.$ecp_graph_ending" in files["redirects/nginx-server.conf"]


def _small_release(folder: Path, data: str = DATA) -> tuple[Workspace, Release]:
    workspace = write_workspace(folder / "w", {**QUERIES, "data/main.trig": data})
    result = build(workspace, folder / "releases")
    assert result.release is not None
    return workspace, result.release


def test_what_a_format_cannot_carry_is_said_in_its_file(tmp_path: Path) -> None:
    workspace, release = _small_release(tmp_path, DATA.replace("Read the", "Read\\u000Bthe"))
    folder = tmp_path / "site"
    report = publish(release, workspace, folder, base_url=BASE, processes=1)
    assert report.broken == {}
    assert {address.rpartition(".")[2] for address in report.refused} == {"rdf", "xml"}
    assert sum(address.startswith("/graph/") for address in report.refused) == 1
    for address in report.refused:
        told = json.loads((folder / file_of(address)).read_text())["error"]["message"]
        assert "cannot" in told, address
    assert (folder / file_of(report.refused[0])).with_suffix(".nt").read_text().count("Read\\u000Bthe") == 1


def test_where_folders_cannot_be_swapped_the_old_site_comes_back(tmp_path: Path) -> None:
    site, staging = tmp_path / "site", tmp_path / "aside" / "site"
    site.mkdir()
    staging.parent.mkdir()
    (site / "index.html").write_text("old")
    with pytest.raises(FileNotFoundError):
        put_in_place(staging, site, swap=lambda *_: False)
    assert (site / "index.html").read_text() == "old"
    staging.mkdir()
    put_in_place(staging, site, swap=lambda *_: False)
    assert not (site / "index.html").exists()
