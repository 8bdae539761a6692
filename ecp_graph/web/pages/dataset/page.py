"""``/dataset``: statistics and downloads of the data; ``/dumps``, ``/.well-known/void``, and the JSON-LD context."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from flask import Blueprint, Response, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from ecp_graph.errors import NothingPublic
from ecp_graph.linked_data.description import Description, read_description
from ecp_graph.linked_data.dumps import CHECKSUMS, CONTEXT, DUMPS, FOLDER
from ecp_graph.linked_data.vocabulary import Vocabulary, read_vocabulary
from ecp_graph.namespaces import ECP, names
from ecp_graph.release.release import Release, public_part
from ecp_graph.sparql.formats import TURTLE
from ecp_graph.tables.definitions import FOLDER as TABLES
from ecp_graph.tables.definitions import MEDIA_TYPE, METADATA, file_name
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.negotiation import GRAPH_FORMATS, wanted_form
from ecp_graph.web.http.release_rdf import (
    alternates,
    current_release,
    description_triples,
    ontology_triples,
    rdf_response,
)
from ecp_graph.web.http.responses import page
from ecp_graph.web.pages import NavigationEntry
from ecp_graph.web.state.site import site

__all__ = [
    "ENTRY",
    "blueprint",
    "description",
    "listed_dumps",
    "listed_tables",
    "send_dump",
    "send_table",
    "vocabulary",
]

blueprint = Blueprint("dataset", __name__)
ENTRY: Final = NavigationEntry("Data", "dataset.index")

_GZIP: Final = "application/gzip"
_TEXT: Final = "text/plain"
_JSONLD: Final = "application/ld+json"
_CSVW: Final = "application/csvm+json"
_SCOPES: Final = {"dataset": "Everything", "asserted": "As stated, nothing inferred"}


@blueprint.get("/dataset")
@blueprint.get("/dataset.<suffix>")
def index(suffix: str = "") -> Response:
    """The page about the data, or their description: VoID, DCAT, PROV."""
    fmt = wanted_form(suffix)
    if fmt is not None:
        return alternates(rdf_response("description", description_triples(), fmt), "/dataset")
    release = current_release()
    response = page(
        "dataset/dataset.html",
        about=description(),
        terms=vocabulary().by_iri,
        release=release,
        scopes=listed_dumps(release) if release else {},
        tables=listed_tables(release) if release else [],
        address=lambda name: url_for("dataset.dump", name=name),
        address_of_table=lambda name: url_for("dataset.table", name=name),
        dataset=names().dataset,
        own=ECP,
        syntaxes=GRAPH_FORMATS,
    )
    return alternates(response, "/dataset")


@blueprint.get("/.well-known/void")
def well_known() -> BaseResponse:
    """Lead to the description in the syntax wanted (VoID, section 7.2); Turtle for who does not mind."""
    fmt = wanted_form(default=TURTLE)
    response = redirect(url_for("dataset.index", suffix=fmt.extension if fmt else None), 302)
    response.vary.add("Accept")
    return response


@blueprint.get("/context.jsonld")
def context() -> Response:
    """The JSON-LD context of the dumps."""
    return send_dump(_release(), CONTEXT)


@blueprint.get("/dumps/")
def dumps() -> BaseResponse:
    """Lead to the list of the dumps, which the page about the data has."""
    return redirect(url_for("dataset.index", _anchor="downloads"))


@blueprint.get("/dumps/<name>")
def dump(name: str) -> Response:
    """One dump of the current release, or the file of their checksums; in parts where a client asks for a range."""
    return send_dump(_release(), name)


@blueprint.get("/dumps/tables/<name>")
def table(name: str) -> Response:
    """One table of the current release, or what their columns mean."""
    return send_table(_release(), name)


def send_dump(release: Release, name: str) -> Response:
    """Return a file of a release's dumps; see `_send`."""
    return _send(release, f"{FOLDER}/{name}", f"dumps/{name}")


def send_table(release: Release, name: str) -> Response:
    """Return a file of the tables of what of a release may leave the machine; see `_send`."""
    try:
        release = public_part(release)
    except NothingPublic as reason:
        raise HttpError(404, "no-dump", str(reason)) from reason
    return _send(release, f"{TABLES}/{name}", f"dumps/{TABLES}/{name}")


def _send(release: Release, file: str, address: str) -> Response:
    """Return a file of a release with its hash as a strong entity tag (RFC 9110, sections 13 and 14).

    A range in a unit other than bytes is ignored (section 14.2). Raises HttpError (404) for a name that the manifest
    does not have: nothing else can be read by it.
    """
    name = file.rpartition("/")[2]
    facts = release.manifest["files"].get(file)
    path = release.path / file
    if facts is None or not path.is_file():
        raise HttpError(404, "no-dump", f"The release {release.id} has no dump '{name}'. They are listed at /dataset.")
    if request.headers.get("Range", "").partition("=")[0].strip().lower() != "bytes":
        request.environ.pop("HTTP_RANGE", None)  # which Werkzeug would refuse with 416
    response = send_file(path, mimetype=_media_type(name), etag=facts["sha256"], conditional=True)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, no-cache, no-transform"
    response.headers["Link"] = (
        f'</dataset.ttl>; rel="describedby"; type="text/turtle", <{names().base}{address}>; rel="canonical"'
    )
    if name.endswith((".gz", ".parquet")):
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def listed_dumps(release: Release) -> dict[str, list[dict[str, Any]]]:
    """Return the dumps of a release by scope: for each syntax, its file, title and the two sizes."""
    files = release.manifest["files"]
    found: dict[str, list[dict[str, Any]]] = {}
    for one in DUMPS:
        plain, packed = (files.get(f"{FOLDER}/{name}") for name in (one.name, one.name + ".gz"))
        if one.compressed or plain is None or packed is None:
            continue
        row = {"dump": one, "size": size(plain["size"]), "packed": size(packed["size"]), "sha256": plain["sha256"]}
        found.setdefault(_SCOPES[one.scope], []).append(row)
    return found


def listed_tables(release: Release) -> list[dict[str, str]]:
    """Return the tidy tables of what of a release may leave the machine: file, name, summary and size of each."""
    try:
        release = public_part(release)
    except NothingPublic:
        return []
    files = release.manifest["files"]
    if f"{TABLES}/{METADATA}" not in files:
        return []
    told = json.loads((release.tables / METADATA).read_text(encoding="utf-8"))["tables"]
    rows = []
    for each in told:
        name = each["url"].removesuffix(".csv")
        facts = files[f"{TABLES}/{file_name(name)}"]
        rows.append({"file": file_name(name), "name": name, "summary": each["dc:title"], "size": size(facts["size"])})
    return rows


def size(number: int) -> str:
    """Return a number of bytes as people read it, as in ``1.4 MB``."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= factor:
            return f"{number / factor:.{0 if number >= 100 * factor else 1}f} {unit}"
    return f"{number} bytes"


def description() -> Description:
    """Return the description of the current data, which is cached."""
    return site().keep(("dataset", "description"), lambda: read_description(description_triples()))


def vocabulary() -> Vocabulary:
    """Return the ontology of the current data, which is cached."""
    return site().keep(("dataset", "vocabulary"), lambda: read_vocabulary(ontology_triples()))


@blueprint.app_template_global("schema_dataset")
def schema_dataset() -> dict[str, Any]:
    """Return the dataset in the terms of schema.org, for the head of the first page; nothing without a description."""
    try:
        about = description()
    except HttpError:
        return {}
    here = request.url_root.rstrip("/")
    downloads = [
        {
            "@type": "DataDownload",
            "name": one.title,
            "encodingFormat": _GZIP if one.compressed else one.media_type,
            "contentUrl": here + url_for("dataset.dump", name=one.name),
        }
        for one in DUMPS
        if site().current.opened is not None
    ]
    facts = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": names().dataset,
        "name": about.title,
        "description": about.description,
        "url": here + url_for("dataset.index"),
        "sameAs": names().dataset,
        "license": about.license,
        "version": about.version,
        "datePublished": about.issued,
        "dateModified": about.modified,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": about.publisher} if about.publisher else None,
        "distribution": downloads,
    }
    return {name: value for name, value in facts.items() if value}


def _release() -> Release:
    release = current_release()
    if release is None:
        raise HttpError(404, "no-release", "Dumps are files of a release, and this server does not serve one.")
    return release


def _media_type(name: str) -> str:
    if name.endswith(".gz"):
        return _GZIP
    extension = re.sub(r"^.*\.", "", name)
    known = {one.extension: one.media_type for one in DUMPS} | {"parquet": MEDIA_TYPE, "json": _CSVW}
    if name == CHECKSUMS:
        return _TEXT
    return known.get(extension, _JSONLD)
