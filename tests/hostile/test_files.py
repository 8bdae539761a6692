"""Commands over files that would take down a parser: a sentence that names the file, no trace, no waiting."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build.conftest import write_workspace
from tests.bundled import messages

from .files import GREEDY_FILES, TOO_LONG, write_file

_GREEDY = "it needs far more memory or time than its size justifies, or is nested too deeply."
_LONG = "it has a literal or an IRI of more than 16 MB"
_FAULTS = {**dict.fromkeys(GREEDY_FILES, _GREEDY), **dict.fromkeys(TOO_LONG, _LONG)}


def _refusal(*arguments: str | Path) -> str:
    """Return what a command that fails says, which is one sentence."""
    command = [sys.executable, "-m", "ecp_graph.cli", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    said = messages(done.stderr)
    assert said.startswith("Error: ")
    assert said.count("\n") == 1
    return said.removeprefix("Error: ")


@pytest.mark.parametrize("name", _FAULTS)
def test_validate_tells_a_file_that_would_take_it_down(tmp_path: Path, name: str) -> None:
    workspace = write_workspace(tmp_path / "workspace")
    path = write_file(tmp_path, name)
    assert _refusal("validate", path, "--workspace", workspace.root).startswith(f"{path}: {_FAULTS[name]}")


@pytest.mark.parametrize("name", [name for name in _FAULTS if name.endswith(".ttl")])
def test_build_tells_one_in_its_data(tmp_path: Path, name: str) -> None:
    workspace = write_workspace(tmp_path / "workspace")
    path = write_file(workspace.root / "data", name)
    said = _refusal("build", "--workspace", workspace.root, "--releases", tmp_path / "releases")
    assert said.startswith(f"{path}: {_FAULTS[name]}")


@pytest.mark.parametrize("name", ["deep.ttl", "laughs.rdf", "prefix-bomb.ttl", "long.ttl"])
def test_serve_tells_it_too(tmp_path: Path, name: str) -> None:
    path = write_file(tmp_path, name)
    assert f"{path}: {_FAULTS[name]}" in _refusal("serve", "--port", "0", path)


@pytest.mark.parametrize("command", ["validate", "serve"])
def test_what_is_no_regular_file_is_told_at_once(tmp_path: Path, command: str) -> None:
    pipe, loop, dangling, link, bound = (
        tmp_path / name for name in ("pipe.ttl", "loop.ttl", "dangling.ttl", "link.ttl", "socket.ttl")
    )
    os.mkfifo(pipe)
    loop.symlink_to(loop.name)
    dangling.symlink_to("nowhere.ttl")
    link.symlink_to(pipe.name)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(bound))
        for path, reason in (
            (pipe, "it is a named pipe, and only regular files are read."),
            (link, "it is a named pipe, and only regular files are read."),
            (bound, "it is a socket, and only regular files are read."),
            (tmp_path, "it is a folder, and only regular files are read."),
            (Path("/dev/zero"), "it is a device, and only regular files are read."),
            (loop, "it cannot be read (Too many levels of symbolic links)."),
            (dangling, "it cannot be read (No such file or directory)."),
        ):
            assert _refusal(command, path) == f"{path}: {reason}\n"
