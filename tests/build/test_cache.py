"""Files that were parsed once are not parsed again, and nothing that is wrong with the cache changes what is read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ecp_graph.errors import InputSyntaxError
from ecp_graph.rdf import cache, load
from ecp_graph.rdf.load import Sources
from ecp_graph.workspace import Workspace

from .conftest import DATA, MakeWorkspace


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ECP_GRAPH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "statements"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were parsed, by their names."""
    names: list[str] = []
    really = load._confined_texts

    def noting(files: list[tuple[Path, str | None]]) -> list[tuple[str, bytes]]:
        names.extend(path.name for path, _ in files)
        return really(files)

    monkeypatch.setattr(load, "_confined_texts", noting)
    return names


def statements(sources: Sources) -> list[list[str]]:
    return [list(map(str, part)) for part in (sources.ontology, sources.data, sources.shapes)]


def test_only_what_changed_is_parsed_again(make_workspace: MakeWorkspace, folder: Path, parsed: list[str]) -> None:
    workspace = make_workspace({"data/more.trig": 'reading:list { body:x skos:notation "X" . }'})
    first = load.load(workspace)
    assert sorted(parsed) == ["main.trig", "main.ttl", "main.ttl", "more.trig"]
    assert len(list(folder.iterdir())) == 4
    parsed.clear()
    assert statements(load.load(workspace)) == statements(first)
    assert parsed == []
    changed = load.load(make_workspace({"data/main.trig": DATA + "reading:list { body:y a ecp:Body . }"}))
    assert parsed == ["main.trig"]
    assert any("body/y" in str(quad) for quad in changed.data)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [_cut, _flip, _empty, _folder])
def test_a_damaged_entry_is_read_anew(
    workspace: Workspace, folder: Path, parsed: list[str], damage: Callable[[Path], None]
) -> None:
    first = load.load(workspace)
    for path in folder.iterdir():
        damage(path)
    parsed.clear()
    assert statements(load.load(workspace)) == statements(first)
    assert len(parsed) == 3


def test_another_version_trusts_none_of_it(
    workspace: Workspace, folder: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load.load(workspace)
    parsed.clear()
    monkeypatch.setattr(cache, "__version__", "0.0.0")
    load.load(workspace)
    assert len(parsed) == 3


def test_an_error_is_not_forgotten(make_workspace: MakeWorkspace, folder: Path) -> None:
    workspace = make_workspace({"data/wrong.trig": "reading:list { body:ptc ecp:a [] . }"})
    for _ in range(2):
        with pytest.raises(InputSyntaxError, match="blank node in data"):
            load.load(workspace)


def test_a_folder_that_cannot_be_written_is_no_error(
    workspace: Workspace, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ECP_GRAPH_CACHE", str(tmp_path / "file"))
    for _ in range(2):
        assert len(load.load(workspace).data) > 30
    assert len(parsed) == 6


def test_the_entries_that_were_not_used_for_the_longest_time_go_first(folder: Path) -> None:
    for number in range(5):
        cache.keep(f"{number}.nq.gz", bytes(range(256)) * 4)
        os.utime(folder / f"{number}.nq.gz", (number, number))
    size = (folder / "0.nq.gz").stat().st_size
    assert cache.cached("1.nq.gz")  # in use again, so it is the youngest
    cache.shrink(3 * size)
    assert sorted(path.name for path in folder.iterdir()) == ["1.nq.gz", "3.nq.gz", "4.nq.gz"]
