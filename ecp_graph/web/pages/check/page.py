"""``/check``: a form for a draft, which is compared with the plans of the release and thrown away."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException

from ecp_graph.errors import EcpGraphError, InputSyntaxError
from ecp_graph.overlap.across.checked import Checked
from ecp_graph.overlap.reading import KINDS
from ecp_graph.release.release import Release
from ecp_graph.sparql.results import Term
from ecp_graph.sparql.spreadsheet import MEDIA_TYPE
from ecp_graph.web.http.answers import on_budget
from ecp_graph.web.http.errors import HttpError, status_of, wants_html
from ecp_graph.web.http.responses import page, private
from ecp_graph.web.http.uploads import MOST_BYTES, allow_upload, uploaded
from ecp_graph.web.pages.between.plans import UNREAD, plans
from ecp_graph.web.pages.check.comparing import compare
from ecp_graph.web.show.panels import panel
from ecp_graph.web.state.site import site

__all__ = ["blueprint", "offers_checks"]

blueprint = Blueprint("check", __name__)

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: How the result comes: as the field ``as`` of the form names it, with the words for it.
_FORMS: Final = {"html": "a page", "docx": "a Word file", "xlsx": "a workbook", "json": "JSON"}
#: Findings that a page shows; the other forms have all of them.
_MOST: Final = 300


@blueprint.get("/check")
def form() -> Response:
    """The form."""
    _release()
    return _page()


@blueprint.post("/check")
def check() -> Response:
    """Compare the file that was sent; nothing of it is kept, and nothing of its words is logged."""
    allow_upload()
    try:
        wanted = _wanted()
        found = _checked()
    except (EcpGraphError, HTTPException) as reason:
        if not wants_html() or ("as" in request.form and request.form["as"] != "html"):
            raise
        status, told = _told(reason)
        return private(_page(status=status, problem=told))
    if wanted == "html":
        return private(_page(found=found))
    media_type, written = _WRITERS[wanted]
    response = Response(written(found), content_type=media_type)
    if wanted != "json":
        response.headers["Content-Disposition"] = f'attachment; filename="check.{wanted}"'
    return private(response)


def _checked() -> Checked:
    release, workspace = _release(), site().workspace
    assert workspace is not None  # noqa: S101 - a release that is served has one
    against = [plans()[slug].iri if slug in plans() else slug for slug in request.form.getlist("against") if slug]
    with uploaded("file") as path, on_budget():
        try:
            return compare(path, workspace, release, against)
        except InputSyntaxError as reason:
            if reason.path == path:
                raise
            # it quotes a file of the workspace, which may tell of a confidential plan
            current_app.logger.error("a check failed: %s", reason)
            sentence = (
                "A file of this workspace, such as its decisions on names, cannot be read; the server's log says why."
            )
            raise HttpError(500, "workspace-damaged", sentence) from None
        except EcpGraphError:
            raise
        except Exception as reason:
            # its text may have words of the file
            current_app.logger.error("a check failed with %s", type(reason).__name__)
            sentence = "The file could not be compared; the fault is the server's own. Open and save it again."
            raise HttpError(500, "internal", sentence) from None


def _wanted() -> str:
    wanted = request.form.get("as", "") or ("html" if wants_html() else "json")
    if wanted not in _FORMS:
        raise HttpError(400, "bad-parameter", f"'as' has to be one of: {', '.join(_FORMS)}.")
    return wanted


def _release() -> Release:
    """Return the release in use; raises HttpError where nothing can be compared with it."""
    opened = site().current.opened
    if opened is None or not offers_checks():
        raise HttpError(404, "nothing-to-check", "Drafts are checked where a release with plans is served.")
    return opened


def offers_checks() -> bool:
    """Whether this server checks drafts: it has a release with plans, and is not rendered as files."""
    here = site()
    is_live = not current_app.config["TWIN"] and here.workspace is not None and here.current.opened is not None
    return is_live and plans_known()


def plans_known() -> bool:
    """Whether there are plans to compare a draft with."""
    catalogue = site().catalogue
    return catalogue is not None and KINDS in catalogue and UNREAD in catalogue and bool(plans())


def _page(*, found: Checked | None = None, status: int = 200, problem: str = "") -> Response:
    kinds = panel(KINDS).rows
    return page(
        "check/check.html",
        status=status,
        is_passing=found is not None or bool(problem),
        found=found,
        problem=problem,
        plans=plans().values(),
        chosen=request.form.getlist("against"),
        forms=_FORMS,
        kinds={row["kind"]: row for row in kinds},
        most=_MOST,
        most_mb=MOST_BYTES // 1_000_000,
        term=lambda iri: Term("iri", iri),
    )


def _told(reason: EcpGraphError | HTTPException) -> tuple[int, str]:
    """Return the status and the sentence of what went wrong."""
    if isinstance(reason, EcpGraphError):
        return status_of(reason)[0], str(reason)
    if reason.code == 413:
        return 413, f"The file has more than {MOST_BYTES // 1_000_000} MB. Send a part of it."
    return reason.code or 500, reason.description or reason.name


def _as_json(found: Checked) -> bytes:
    return (json.dumps(found.as_json(), indent=2, ensure_ascii=False) + "\n").encode()


def _as_word(found: Checked) -> bytes:
    from ecp_graph.papers import as_docx

    return as_docx(found.paper())


_WRITERS: Final[Mapping[str, tuple[str, Callable[[Checked], bytes]]]] = {
    "docx": (_WORD, _as_word),
    "json": ("application/json", _as_json),
    "xlsx": (MEDIA_TYPE, Checked.workbook),
}
