"""``/releases``: the releases on disk, each with its files, and the changes between two of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, render_template, request, url_for

from ecp_graph.linked_data.catalogue import release_iri
from ecp_graph.release.release import Release
from ecp_graph.engine import Engine
from ecp_graph.release.opening import release_engine
from ecp_graph.errors import ResultTooLarge
from ecp_graph.namespaces import names
from ecp_graph.linked_data.description import read_description
from ecp_graph.queries.compare import Difference, compare
from ecp_graph.release.versions import KeptRelease, releases_beside
from ecp_graph.validation.report import SEVERITY_WORDS
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.responses import content, page
from ecp_graph.web.pages.dataset.page import listed_dumps, listed_tables, send_dump, send_table
from ecp_graph.web.http.negotiation import GRAPH_FORMATS, split_suffix, wanted_form
from ecp_graph.web.http.release_rdf import alternates, description_triples, parse_turtle, rdf_response
from ecp_graph.web.state.site import site

__all__ = ["author", "blueprint"]

blueprint = Blueprint("releases", __name__)

_ATOM: Final = "application/atom+xml; charset=utf-8"
#: Comparisons made, or why not, by the workspace that asks and the two releases, which never change.
_COMPARED: Final[dict[tuple[Path, str, str, int], Difference | ResultTooLarge]] = {}
_MOST_COMPARED: Final = 64
_LOCK: Final = threading.Lock()


@blueprint.get("/releases")
def index() -> Response:
    """The releases that are kept, the newest first, with the way to what changed from each to the next."""
    kept = _kept()
    return page("releases/index.html", releases=kept, pairs=_pairs(kept))


@blueprint.get("/releases.atom")
def feed() -> Response:
    """The releases as an Atom feed (RFC 4287); each entry says what changed from the one before."""
    kept = _kept()
    pairs = _pairs(kept)
    entries = [(one, _summary(pairs[one.id], one.release) if one.id in pairs else "") for one in kept]
    text = render_template(
        "releases/feed.xml",
        entries=entries,
        pairs=pairs,
        here=request.url_root.rstrip("/"),
        iri=release_iri,
        base=names().base,
        author=author(),
    )
    return content(text, _ATOM)


def author() -> str:
    """Return who publishes the data; where nothing says so, what they are called."""
    if site().current.opened is None:
        return "ecp-graph"
    about = read_description(description_triples())
    return about.publisher or about.title


@blueprint.get("/releases/<before>..<after>")
def changes(before: str, after: str) -> Response:
    """What changed from one release to another, in things and not in triples."""
    first, second = _named(before), _named(after)
    difference = _difference(first.release, second.release)
    return page("releases/changes.html", before=first, after=second, difference=difference)


@blueprint.get("/release/<name>")
def release(name: str) -> Response:
    """One release: its page, or how it is described, by the suffix or the Accept header."""
    identity, suffix = split_suffix(name)
    found = _named(identity)
    fmt = wanted_form(suffix)
    path = url_for("releases.release", name=identity)
    triples = site().keep(("description", identity), lambda: parse_turtle(found.release.description.read_bytes()))
    if fmt is not None:
        return alternates(rdf_response(("release", identity), triples, fmt), path)
    pairs = _pairs(_kept())
    response = page(
        "releases/release.html",
        found=found,
        about=read_description(triples),
        scopes=listed_dumps(found.release),
        tables=listed_tables(found.release),
        address=lambda file: url_for("releases.dump", name=identity, file=file),
        address_of_table=lambda file: url_for("releases.table", name=identity, file=file),
        before=pairs.get(identity),
        counted=SEVERITY_WORDS,
        iri=release_iri(identity),
        syntaxes=GRAPH_FORMATS,
    )
    return alternates(response, path)


@blueprint.get("/release/<name>/dumps/<file>")
def dump(name: str, file: str) -> Response:
    """One dump of one release."""
    return _described(send_dump(_named(name).release, file), name)


@blueprint.get("/release/<name>/dumps/tables/<file>")
def table(name: str, file: str) -> Response:
    """One table of one release."""
    return _described(send_table(_named(name).release, file), name)


def _described(response: Response, name: str) -> Response:
    response.headers["Link"] = f'<{url_for("releases.release", name=name)}.ttl>; rel="describedby"; type="text/turtle"'
    return response


def _kept() -> list[KeptRelease]:
    opened = site().current.opened
    if opened is None:
        raise HttpError(404, "no-release", "This server does not serve a release, so it has no list of releases.")
    return releases_beside(opened)


def _named(identity: str) -> KeptRelease:
    for one in _kept():
        if one.id == identity:
            return one
    raise HttpError(
        404,
        "no-release",
        f"There is no release {identity} here; it may have been removed after newer builds. /releases lists those available.",
    )


def _pairs(kept: list[KeptRelease]) -> dict[str, Release]:
    """Return for each release the one made before it."""
    return {after.id: before.release for after, before in pairwise(kept)}


def _summary(before: Release, after: Release) -> str:
    """Return what changed in a sentence."""
    try:
        return _difference(before, after).summary
    except ResultTooLarge:
        return "The two releases are too large to compare here; use `ecp-graph diff`."


def _difference(before: Release, after: Release) -> Difference:
    """Return what changed, by the queries of the catalogue; kept, because it can never come out otherwise.

    Raises ResultTooLarge for releases of which more would have to be read than a page may take.
    """
    workspace, catalogue, most = site().workspace, site().catalogue, site().bounds.page_bytes
    if workspace is None or catalogue is None:
        raise HttpError(404, "no-catalogue", "This server has no catalogue, whose queries say what is compared.")
    key = (workspace.root, before.id, after.id, most)
    with _LOCK:
        if key not in _COMPARED:
            found: Difference | ResultTooLarge
            try:
                with _engine(before) as old, _engine(after) as new:
                    found = compare(old, new, catalogue, timeout_s=site().settings.timeout, max_bytes=most)
            except ResultTooLarge as refusal:
                found = refusal.with_traceback(None)
            while len(_COMPARED) >= _MOST_COMPARED:
                _COMPARED.pop(next(iter(_COMPARED)))
            _COMPARED[key] = found
        kept = _COMPARED[key]
    if isinstance(kept, ResultTooLarge):
        raise kept
    return kept


@contextmanager
def _engine(release: Release) -> Iterator[Engine]:
    """Give the engine over a release: the one in use, or one as bounded for as long as it is needed."""
    current = site().current
    if current.opened is not None and current.opened.id == release.id:
        yield current.engine
        return
    engine = release_engine(release, replace(site().settings, workers=1))
    try:
        yield engine
    finally:
        engine.close()
