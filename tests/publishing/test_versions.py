"""Which releases are kept, and how they are named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ecp_graph.cli import cli
from ecp_graph.errors import ReleaseError
from ecp_graph.release.release import Release, current_id
from ecp_graph.release.versions import kept_releases, named_release
from tests.build.conftest import DATA, write_workspace

Versions = tuple[Path, Path, Release, Release]


def test_the_newest_comes_first(two_releases: Versions) -> None:
    _, releases, before, after = two_releases
    kept = kept_releases(releases)
    assert [(one.id, one.is_current) for one in kept] == [(after.id, True), (before.id, False)]
    assert kept[0].made > kept[1].made
    assert kept[0].made.tzinfo is not None


def test_what_is_no_release_is_left_out(two_releases: Versions, tmp_path: Path) -> None:
    _, releases, before, _ = two_releases
    copy = tmp_path / "releases"
    shutil.copytree(releases, copy)
    (copy / before.id / "dataset.nq").unlink()
    (copy / "notes").mkdir()
    (copy / "notes" / "manifest.json").write_text("{}")
    assert len(kept_releases(copy)) == 1
    assert kept_releases(tmp_path / "nothing") == []


def test_names(two_releases: Versions) -> None:
    _, releases, before, after = two_releases
    for name, wanted in (
        ("current", after),
        ("previous", before),
        (before.id, before),
        (before.id[:6], before),
        (str(after.path), after),
    ):
        assert named_release(name, releases).id == wanted.id
    with pytest.raises(ReleaseError, match="more than one release ''"):
        named_release("", releases)
    with pytest.raises(ReleaseError, match="no release 'zz'"):
        named_release("zz", releases)


def test_the_first_release_has_none_before_it(two_releases: Versions, tmp_path: Path) -> None:
    before = two_releases[2]
    shutil.copytree(before.path, tmp_path / before.id)
    (tmp_path / "current").write_text(before.id)
    with pytest.raises(ReleaseError, match="no release 'previous'"):
        named_release("previous", tmp_path)


@pytest.mark.parametrize("kept", [1, 2])
def test_a_build_keeps_as_many_as_the_setting_says(tmp_path: Path, kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECP_GRAPH_KEEP_RELEASES", str(kept))
    releases = tmp_path / "releases"
    for title in ("One", "Two", "Three"):
        workspace = write_workspace(tmp_path / "w", {"data/main.trig": DATA.replace("Write the guide", title)})
        command = ["build", "--workspace", str(workspace.root), "--releases", str(releases)]
        assert CliRunner().invoke(cli, command, catch_exceptions=False).exit_code == 0
    found = kept_releases(releases)
    assert len(found) == kept
    assert found[0].id == current_id(releases)
