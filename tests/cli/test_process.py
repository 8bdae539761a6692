"""The command line as a process: what it loads, signals, time limits, pipes, a server that stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bundled import messages

_SILENT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ecp_graph.cli", *arguments]


@pytest.fixture
def place(asking_workspace: Path, releases: Path) -> list[str]:
    return ["--workspace", str(asking_workspace), "--releases", str(releases)]


def _run(*arguments: str, input: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(_command(*arguments), input=input, capture_output=True, text=True, timeout=120, check=False)


def test_a_query_does_not_load_the_tools_of_the_build(place: list[str]) -> None:
    code = (
        "import sys; from ecp_graph.cli import cli\n"
        f"cli.main(['query', 'list-bodies', *{place!r}], standalone_mode=False)\n"
        "heavy = {'rdflib', 'pyshacl', 'owlrl', 'flask', 'werkzeug', 'SPARQLWrapper', 'httpx', 'rich', 'openpyxl'}\n"
        "print(*sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert "PTC" in done.stdout
    assert messages(done.stderr) == "\n"


def test_the_time_limit_ends_a_query_that_computes(place: list[str]) -> None:
    done = _run("query", "-", "--timeout", "0.5", *place, input=_SILENT)
    assert done.returncode == 2
    assert done.stdout == ""
    assert messages(done.stderr) == (
        "Error: The query was stopped at its time limit of 0.5 s; narrow it, add a LIMIT, or raise --timeout.\n"
    )


def _heed_ctrl_c() -> None:
    """Undo what a shell does to the jobs that it starts in the background: they would ignore the signal."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_stops_a_query(place: list[str]) -> None:
    process = subprocess.Popen(
        _command("query", "-", *place),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_ctrl_c,
    )
    assert process.stdin is not None
    process.stdin.write(_SILENT)
    process.stdin.close()
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Workspace: ")
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert process.stderr.read().strip() == "Stopped."
    process.stderr.close()


def test_a_pipe_that_closes_is_no_error(place: list[str]) -> None:
    code = f"{sys.executable} -m ecp_graph.cli query - {' '.join(place)} | head -1"
    query = "SELECT * { ?s ?p ?o }"
    done = subprocess.run(code, shell=True, input=query, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() == "o,p,s"
    assert "Traceback" not in done.stderr


def test_usage_errors_exit_2() -> None:
    for arguments in (["nothing"], ["query"], ["query", "x", "--format", "docx"], ["serve", "--default-graph", "own"]):
        done = _run(*arguments)
        assert done.returncode == 2
        assert "Usage:" in done.stderr
        assert done.stdout == ""


def test_help_and_version() -> None:
    for arguments in (["-h"], ["--help"], ["query", "-h"], ["serve", "--help"]):
        done = _run(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Usage:")
    assert _run("--version").stdout.startswith("ecp-graph, version ")


@contextmanager
def _serving(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    process = subprocess.Popen(
        _command("serve", "--port", "0", *arguments), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert process.stdout is not None
    try:
        assert process.stderr.readline().startswith("Workspace: ")
        line = process.stderr.readline()
        assert line.startswith("Serving at http://127.0.0.1:"), line
        yield line.split()[2], process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
        process.stdout.close()


def _get(url: str, accept: str = "text/csv") -> str:
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=60) as response:
        return str(response.read().decode())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_server_serves_and_stops(place: list[str], number: signal.Signals) -> None:
    with _serving(*place) as (url, process):
        assert '"status":"ok"' in _get(url + "health", "application/json")
        process.send_signal(number)
        assert process.wait(60) == 0
        assert process.stdout is not None
        assert process.stdout.read() == ""


_TRIG = """
<u:a> <u:p> 1 .
<u:g> { <u:a> <u:p> 1, 2 }
<u:h> { <u:a> <u:p> 2 }
"""


@pytest.mark.parametrize(
    ("arguments", "count"), [([], 1), (["--default-graph", "own"], 1), (["--default-graph", "union"], 2)]
)
def test_files_are_served_as_they_are(tmp_path: Path, arguments: list[str], count: int) -> None:
    path = tmp_path / "own.trig"
    path.write_text(_TRIG)
    with _serving(str(path), *arguments) as (url, _):
        query = "sparql?query=SELECT+(COUNT(*)+AS+%3Fn)+%7B+%3Fs+%3Fp+%3Fo+%7D"
        assert _get(url + query) == f"n\r\n{count}\r\n"
        named = "sparql?query=SELECT+(COUNT(*)+AS+%3Fn)+%7B+GRAPH+%3Fg+%7B%3Fs+%3Fp+%3Fo%7D+%7D"
        assert _get(url + named) == "n\r\n3\r\n"


def test_a_file_that_does_not_parse(tmp_path: Path) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text("<u:a> <u:p> 1 .\n<u:a> oops .\n")
    done = _run("serve", str(path))
    assert done.returncode == 2
    assert f"{path}:2: " in done.stderr


def test_a_port_that_is_taken(place: list[str]) -> None:
    with _serving(*place) as (url, _):
        done = _run("serve", "--port", url.rstrip("/").rsplit(":", 1)[1], *place)
        assert done.returncode == 2
        assert "cannot listen there" in done.stderr


def test_a_remote_endpoint_answers_like_the_embedded_engine(place: list[str]) -> None:
    here = _run("query", "body-facts", "-p", "body=ptc", "-f", "nt", *place).stdout
    with _serving(*place) as (url, _):
        there = _run("query", "body-facts", "-p", "body=ptc", "-f", "nt", "--endpoint", url + "sparql", *place)
        assert sorted(there.stdout.splitlines()) == sorted(here.splitlines())
        assert len(here.splitlines()) == 2
        wrong = _run("query", "-", "--endpoint", url + "nothing", *place, input="ASK {}")
        assert wrong.returncode == 2
        assert f"The endpoint {url}nothing failed (HTTP 404)" in wrong.stderr


def test_settings_come_from_the_environment(place: list[str]) -> None:
    environment = {**os.environ, "ECP_GRAPH_WORKSPACE": place[1], "ECP_GRAPH_RELEASES": place[3]}
    done = subprocess.run(
        _command("query", "list-bodies"), env=environment, capture_output=True, text=True, check=False
    )
    assert "PTC" in done.stdout
    environment["ECP_GRAPH_TIMEOUT"] = "soon"
    done = subprocess.run(
        _command("query", "list-bodies"), env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ECP_GRAPH_TIMEOUT: 'soon' is not valid")
