"""Opens and verifies a release: an immutable folder with everything that a build produced.

::

    releases/
      current              the id of the release that is in use, as text
      .lock                held by a running build
      3f2a9c01b7de/        one release
        manifest.json      id, package version, names, counts, findings, and size and SHA-256 of every other file
        dataset.nq         every statement in its named graph, literals as they were written
        store/             the same for the embedded engine, with the merge of all graphs as its default graph
        description.ttl    VoID, DCAT and PROV
        ontology.ttl       the ontology as one document: its modules, alignments and value lists
        dumps/             the same statements in other syntaxes, with and without what was inferred, and SHA256SUMS
        tables/            the tidy tables as Parquet, and what their columns mean (CSVW)
        lists.sqlite       the lists that pages read, with indexes
        report.txt|json|ttl|html
        public/            only where a plan is confidential: the release without it, in a folder like releases/; the
                           dumps and the description of the whole release are those of this part

This module is imported by every query command, so it needs nothing outside the package and the standard library.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ecp_graph.errors import NothingPublic, ReleaseError
from ecp_graph.namespaces import Names

__all__ = [
    "CURRENT",
    "MANIFEST",
    "PUBLIC",
    "Release",
    "current_id",
    "file_facts",
    "open_release",
    "public_part",
    "verify_release",
]

CURRENT: Final = "current"
MANIFEST: Final = "manifest.json"
#: The folder inside a release with a confidential plan that holds the release without it.
PUBLIC: Final = "public"
_PARTS: Final = ("dataset.nq", "store/CURRENT", "description.ttl", "report.json")


@dataclass(frozen=True)
class Release:
    """One release on disk.

    ``manifest`` has the keys ``id``, ``version``, ``workspace`` (SHA-256 of the authored files), its ``title`` and
    ``names``, ``ontology`` (its version), ``from_package`` (folders of the package that were used), ``triples``
    (of the default graph), ``graphs`` (named graph to count), ``findings`` (severity to count) and ``files`` (path to
    size and SHA-256), and on what the build depended: ``layout``, ``engine``, ``tools`` (their versions), ``inputs``
    (authored file to SHA-256), and ``validation`` (the release ``since`` which only what had changed was validated,
    null where that was all, and how many ``nodes``); one with confidential plans also ``confidential``, the names of
    their folders.
    """

    id: str
    path: Path
    manifest: Mapping[str, Any]
    names: Names

    @property
    def store(self) -> Path:
        """The folder for ``pyoxigraph.Store.read_only``."""
        return self.path / "store"

    @property
    def dataset(self) -> Path:
        """The N-Quads file of all named graphs."""
        return self.path / "dataset.nq"

    @property
    def description(self) -> Path:
        """The Turtle file that describes the dataset (VoID, DCAT, PROV)."""
        return self.path / "description.ttl"

    @property
    def ontology(self) -> Path:
        """The Turtle file of the ontology with its alignments and value lists."""
        return self.path / "ontology.ttl"

    @property
    def tables(self) -> Path:
        """The folder of the tidy tables; there is none where the workspace defines no tables."""
        return self.path / "tables"

    @property
    def lists(self) -> Path:
        """The SQLite file of the lists that pages read; a release of an earlier version has none."""
        return self.path / "lists.sqlite"

    @property
    def confidential(self) -> Sequence[str]:
        """The folders of the plans that must not leave the machine; none in the public part of a release."""
        return tuple(self.manifest.get("confidential", ()))

    def report(self, suffix: str) -> Path:
        """The validation report as ``txt``, ``json``, ``ttl`` or ``html``."""
        return self.path / f"report.{suffix}"


def current_id(releases: Path) -> str | None:
    """Return the id of the current release, or None if nothing has been built yet."""
    try:
        return (releases / CURRENT).read_text(encoding="utf-8").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None


def open_release(releases: Path, release_id: str | None = None) -> Release:
    """Return the current release, or the one with the given id; fast, because it checks only that files exist.

    Raises ReleaseError if there is none, or if a part of it is missing.
    """
    wanted = release_id or current_id(releases)
    if wanted is None:
        raise ReleaseError(f"There is no release in {releases}. Run `ecp-graph build` first.")
    path = releases / wanted
    if not path.is_dir():
        raise ReleaseError(f"The release {wanted} is not in {releases}. Run `ecp-graph build` to recreate it.")
    missing = [part for part in _PARTS if not (path / part).exists()]
    if missing:
        raise ReleaseError(f"The release {path} is damaged: it lacks {', '.join(missing)}. Run `ecp-graph build`.")
    return Release(wanted, path, *_read_manifest(path))


def public_part(release: Release) -> Release:
    """Return what of a release may leave the machine: the release itself, or its part without confidential plans.

    Raises NothingPublic where there is no such part, and ReleaseError where it is damaged.
    """
    if not release.confidential:
        return release
    if current_id(release.path / PUBLIC) is None:
        raise NothingPublic(release.id)
    return open_release(release.path / PUBLIC)


def verify_release(release: Release) -> list[str]:
    """Return one sentence for each file that is missing, changed or not in the manifest; empty if all is well."""
    listed: Mapping[str, Mapping[str, Any]] = release.manifest["files"]
    problems = [problem for name, facts in listed.items() if (problem := _compare(release.path / name, facts))]
    found = {path.relative_to(release.path).as_posix() for path in release.path.rglob("*") if path.is_file()}
    extra = sorted(found - set(listed) - {MANIFEST})
    return problems + [f"{release.path / name} is not in the manifest." for name in extra]


def file_facts(path: Path) -> dict[str, Any]:
    """Return the size in bytes and the SHA-256 of a file, as in the manifest."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"size": path.stat().st_size, "sha256": digest}


def _compare(path: Path, facts: Mapping[str, Any]) -> str | None:
    if not path.is_file():
        return f"{path} is missing."
    if path.stat().st_size != facts["size"]:
        return f"{path} has {path.stat().st_size} bytes, not {facts['size']}."
    if file_facts(path)["sha256"] != facts["sha256"]:
        return f"{path} has been changed: its SHA-256 is not the one in the manifest."
    return None


def _read_manifest(path: Path) -> tuple[Mapping[str, Any], Names]:
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        files, held = manifest["files"], manifest.get("names")
        if held is None:
            raise ReleaseError(
                f"The release {path} was built by an earlier version of ecp-graph, which did not record what its names "
                "begin with. Run `ecp-graph build`."
            )
        names = Names.from_json(held)
    except (OSError, ValueError, KeyError, TypeError) as reason:
        raise ReleaseError(f"The release {path} is damaged: its {MANIFEST} cannot be read ({reason}).") from reason
    if manifest.get("id") != path.name or not isinstance(files, dict):
        raise ReleaseError(f"The release {path} is damaged: its {MANIFEST} belongs to another release.")
    return dict(manifest), names
