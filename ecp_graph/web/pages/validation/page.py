"""``/validation``: the validation report of the release as a page and as files."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from ecp_graph.errors import ReleaseError
from ecp_graph.validation.report import SEVERITIES, SEVERITY_WORDS
from ecp_graph.validation.writers import FORMATS
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.responses import content, page
from ecp_graph.web.pages import NavigationEntry
from ecp_graph.web.show.findings import Piece, current_report, current_rules, things
from ecp_graph.web.show.names import name_all, name_of
from ecp_graph.web.show.terms import local_path
from ecp_graph.web.state.site import site

__all__ = ["ENTRY", "blueprint"]

blueprint = Blueprint("validation", __name__)
ENTRY: Final = NavigationEntry("Validation", "validation.index")

_MEDIA_TYPES: Final = {
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
    "ttl": "text/turtle; charset=utf-8",
}
#: Findings shown of one rule, and things shown; the downloads have all of them.
_MOST_OF_A_RULE: Final = 100
_MOST_THINGS: Final = 300


@blueprint.get("/validation")
def index() -> Response:
    """The report as a page; without a release, the sentence that there is none."""
    report = current_report()
    if report is None:
        return page("validation/none.html", endpoint=site().settings.endpoint)
    shown = current_rules()
    name_all(report.looked_at)
    looked_at = sorted(report.looked_at.items(), key=lambda one: (one[1], name_of(one[0])))
    return page(
        "validation/validation.html",
        report=report,
        counted=SEVERITY_WORDS,
        severities=SEVERITIES,
        rules=shown,
        responses=report.by_response(),
        things=things(shown),
        looked_at=[(Piece(name_of(shape), local_path(shape)), count) for shape, count in looked_at],
        downloads=list(_MEDIA_TYPES),
        most_of_a_rule=_MOST_OF_A_RULE,
        most_things=_MOST_THINGS,
    )


@blueprint.get("/validation/report.<suffix>")
def report_file(suffix: str) -> Response:
    """The report of the release as a file: txt, json, or ttl, which is a sh:ValidationReport."""
    opened = site().current.opened
    if opened is None:
        raise HttpError(404, "no-report", "There is no report here: the data are not from a release.")
    if suffix not in _MEDIA_TYPES or suffix not in FORMATS.values():
        known = ", ".join(f".{known}" for known in _MEDIA_TYPES)
        raise HttpError(404, "unknown-format", f"The report is not available as .{suffix}, only as {known}.")
    path = opened.report(suffix)
    try:
        body = path.read_bytes()
    except OSError as reason:
        raise ReleaseError(f"The report {path} cannot be read ({reason}). Run `ecp-graph build`.") from reason
    return content(body, _MEDIA_TYPES[suffix])
