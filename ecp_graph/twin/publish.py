"""Writes the static site to a temporary folder, and replaces the old one with it atomically."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from flask import Flask

from ecp_graph import __version__
from ecp_graph.addresses import quoted
from ecp_graph.errors import PublishError
from ecp_graph.linked_data.document import replaced_things
from ecp_graph.namespaces import names, using
from ecp_graph.processors import usable_processors
from ecp_graph.queries.catalogue import load_catalogue
from ecp_graph.release.opening import disk_engine
from ecp_graph.release.release import Release, public_part
from ecp_graph.settings import Settings, settings_from
from ecp_graph.twin.crawl import CrawlReport, crawl
from ecp_graph.twin.once import OnceEngine
from ecp_graph.twin.redirects import redirect_files
from ecp_graph.web.http.negotiation import DOCUMENT_FORMATS
from ecp_graph.web.show.terms import draws_documents
from ecp_graph.workspace import Workspace

__all__ = ["MARK", "MakeApp", "exchange", "most_processes", "publish", "put_in_place", "twin_app"]

#: Marks a folder as a twin, which may be replaced.
MARK: Final = ".ecp-graph-site.json"
_DATASET: Final = "dumps/dataset.nq.gz"
#: What all processes together may take, one takes at the least, and it takes more for each triple; as measured.
_MEMORY_BYTES: Final = 1_800_000_000
_PROCESS_BYTES: Final = 150_000_000
_TRIPLE_BYTES: Final = 600
#: Makes the app that is crawled, of a release, its workspace, a folder for answers, and a time limit for a query.
MakeApp = Callable[[Release, Workspace, Path, float], Flask]
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2


def publish(
    release: Release,
    workspace: Workspace,
    folder: Path,
    *,
    base_url: str,
    timeout_s: float = 60.0,
    processes: int | None = None,
    make_app: MakeApp | None = None,
    progress: Callable[[int, int], None] = lambda done, known: None,
) -> CrawlReport:
    """Write the static site of a release's site, without confidential plans, to a folder, replacing an older twin.

    The folder is replaced in one step; stopped at any moment, it is the old one whole. A file whose query takes more
    than ``timeout_s`` seconds says so in its place. ``make_app``, which has to be picklable, makes the app that is
    crawled (default: `twin_app`). Raises PublishError for a folder that holds something else, and one that cannot be
    written, and NothingPublic for a release of which nothing may leave the machine.
    """
    release = public_part(release)
    folder, base_url = folder.resolve(), base_url.rstrip("/") + "/"
    if folder.exists() and not (folder / MARK).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise PublishError(f"{folder} contains something other than a published site. Choose an empty or new folder.")
    aside = folder.with_name(f".{folder.name}.publishing-{os.getpid()}")
    staging = aside / "site"
    try:
        _clear(folder)
        staging.mkdir(parents=True)
        report = crawl(
            partial(make_app or twin_app, release, workspace, aside / "answers", timeout_s),
            staging,
            base_url=base_url,
            dataset=_DATASET,
            also=_old_addresses(release, workspace, timeout_s),
            processes=processes or most_processes(release.manifest.get("triples") or 0, cores=usable_processors()),
            progress=progress,
        )
        for name, text in redirect_files(base_url).items():
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        facts = {"release": release.id, "version": __version__, "base_url": base_url, "files": report.files}
        (staging / MARK).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        put_in_place(staging, folder)
    except OSError as reason:
        raise PublishError(f"The site cannot be written to {folder}: {reason}. Choose another folder.") from reason
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return report


def most_processes(triples: int, *, cores: int) -> int:
    """Return how many processes publish a release of so many triples together: a core each, while memory lasts.

    What takes memory is the document of a thing that much of the graph points to, and each process may be at one.
    """
    return max(1, min(cores, _MEMORY_BYTES // (_PROCESS_BYTES + _TRIPLE_BYTES * triples)))


def _old_addresses(release: Release, workspace: Workspace, timeout_s: float) -> list[str]:
    """Return the addresses of the documents of things that others replace: the new document is found there as well.

    None where the catalogue of the workspace draws no pages of things.
    """
    if not draws_documents(load_catalogue(workspace)):
        return []
    with using(release.names), closing(disk_engine(release, settings_from())) as engine:
        old = [iri for iri in replaced_things(engine, timeout_s=timeout_s) if iri.startswith(names().id)]
        documents = [f"/doc/{quoted(iri.removeprefix(names().id))}" for iri in old]
    return [document + ending for document in documents for ending in ("", *(f".{name}" for name in DOCUMENT_FORMATS))]


def twin_app(release: Release, workspace: Workspace, answers: Path, timeout_s: float) -> Flask:
    """Return the app that is crawled; the processes that have one each share a folder of answers."""
    from ecp_graph.web.app import create_app
    from ecp_graph.web.state.source import FixedEngine

    sources = settings_from().sources
    settings = Settings(workspace=workspace.root, releases=release.path.parent, sources=sources, timeout=timeout_s)
    engine = OnceEngine(disk_engine(release, settings), answers, limit_s=timeout_s)
    app = create_app(settings, source=FixedEngine.of_release(engine, release))
    app.config["TWIN"] = True
    return app


def _clear(folder: Path) -> None:
    """Remove what publications into this folder have left that did not end."""
    for leftover in folder.parent.glob(f".{folder.name}.publishing-*"):
        process = leftover.name.rpartition("-")[2]
        if not (process.isdigit() and Path("/proc", process).exists() and int(process) != os.getpid()):
            shutil.rmtree(leftover, ignore_errors=True)


def put_in_place(staging: Path, folder: Path, *, swap: Callable[[Path, Path], bool] | None = None) -> None:
    """Let the new folder have the old one's name; on Linux there is no moment without either.

    ``swap`` exchanges two folders in one step, and returns whether it did (default: `exchange`). Raises OSError, and
    leaves the old folder where it was.
    """
    if not folder.exists():
        staging.rename(folder)
    elif not (swap or exchange)(staging, folder):
        old = staging.with_name("old")
        folder.rename(old)
        try:
            staging.rename(folder)
        except BaseException:
            old.rename(folder)
            raise


def exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step, where the system can (renameat2 of Linux); return whether it did."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)
