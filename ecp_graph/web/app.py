"""The app factory: ``create_app`` combines the pages, the endpoint and the API, with the headers of every response."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Final

from flask import Flask, Response, g, request
from jinja2 import FileSystemLoader

from ecp_graph import __version__
from ecp_graph.errors import InputSyntaxError
from ecp_graph.namespaces import compact, using
from ecp_graph.publisher import PublisherError, check_files
from ecp_graph.settings import Settings, settings_from
from ecp_graph.sparql.columns import heading, shown_columns
from ecp_graph.web.drawings.frame import clean, on_paper
from ecp_graph.web.http.audience import is_from_here
from ecp_graph.web.http.compression import compress
from ecp_graph.web.http.errors import HttpError, register_errors
from ecp_graph.web.http.headers import OPEN_HEADERS, RELEASE_HEADER, SECURITY_HEADERS
from ecp_graph.web.http.uploads import MemoryRequest
from ecp_graph.web.pages import NAVIGATION, has_page, health, navigation
from ecp_graph.web.pages.about import page as about
from ecp_graph.web.pages.action import subject as action
from ecp_graph.web.pages.actions import page as actions
from ecp_graph.web.pages.between import page as between
from ecp_graph.web.pages.body import subject as body
from ecp_graph.web.pages.briefs import page as briefs
from ecp_graph.web.pages.check import page as check
from ecp_graph.web.pages.crawling import page as crawling
from ecp_graph.web.pages.dataset import page as dataset
from ecp_graph.web.pages.documents import page as documents
from ecp_graph.web.pages.documents.subjects import SUBJECTS
from ecp_graph.web.pages.feed import page as feed
from ecp_graph.web.pages.finding import subject as finding
from ecp_graph.web.pages.home import page as home
from ecp_graph.web.pages.indexes import bodies, instruments, plans
from ecp_graph.web.pages.instrument import subject as instrument
from ecp_graph.web.pages.ontology import page as ontology
from ecp_graph.web.pages.overlap import page as overlap
from ecp_graph.web.pages.passage import subject as passage
from ecp_graph.web.pages.plan import subject as plan
from ecp_graph.web.pages.queries import openapi
from ecp_graph.web.pages.queries import page as queries
from ecp_graph.web.pages.releases import page as releases
from ecp_graph.web.pages.search import page as search
from ecp_graph.web.pages.search.leads import leads, wanted_words
from ecp_graph.web.pages.shapes import page as shapes
from ecp_graph.web.pages.sparql import editor
from ecp_graph.web.pages.sparql import page as sparql
from ecp_graph.web.pages.timeline import page as timeline
from ecp_graph.web.pages.validation import page as validation
from ecp_graph.web.show.names import name_of
from ecp_graph.web.show.terms import iri, link, local_path, shown_rows, visible
from ecp_graph.web.state.bounds import USUAL, Bounds
from ecp_graph.web.state.copies import Copies
from ecp_graph.web.state.site import EXTENSION, Site
from ecp_graph.web.state.site import site as app_site
from ecp_graph.web.state.source import CurrentRelease, EngineSource, FixedEngine
from ecp_graph.workspace import Workspace
from ecp_graph.workspace_file import WORKSPACE_FILE

__all__ = ["RELEASE_HEADER", "SECURITY_HEADERS", "create_app"]

#: Those with an entry in the navigation come in its order.
_PAGES: Final = (
    actions,
    plans,
    bodies,
    instruments,
    overlap,
    between,
    check,
    timeline,
    queries,
    sparql,
    validation,
    ontology,
    dataset,
    home,
    about,
    openapi,
    health,
    documents,
    briefs,
    editor,
    search,
    shapes,
    releases,
    feed,
    crawling,
)
#: What has pages made for it, the most specific classes first.
_SUBJECTS: Final = (action, body, finding, instrument, passage, plan)
_HERE: Final = Path(__file__).resolve().parent
#: A form encodes one byte of a query as up to three, and needs some room around it.
_ENCODING_ROOM: Final = 4_000
#: Headers that list alternatives, each of which is compared with all that could be sent.
_LISTS: Final = ("Accept", "Accept-Encoding", "Accept-Language", "If-Match", "If-None-Match")
_LONGEST_LIST: Final = 4_000


def create_app(
    settings: Settings | None = None,
    *,
    source: EngineSource | None = None,
    with_catalogue: bool = True,
    bounds: Bounds = USUAL,
) -> Flask:
    """Return the WSGI app.

    Without ``source`` it answers from the remote endpoint of the settings, or else from the current release of their
    workspace, and picks up newer ones. Without a catalogue there is the endpoint alone. Raises WorkspaceError when
    there should be a workspace and is none, and InputSyntaxError when a file that its [site] names is missing.
    """
    from ecp_graph.workspace import find_workspace

    settings = settings or settings_from()
    workspace = find_workspace(settings.workspace)
    try:
        check_files(workspace.about.publisher)
    except PublisherError as refusal:
        raise InputSyntaxError(workspace.root / WORKSPACE_FILE, refusal.reason) from refusal
    app = Flask("ecp_graph.web")
    app.request_class = MemoryRequest
    app.config["MAX_CONTENT_LENGTH"] = settings.max_query_kb * 3_000 + _ENCODING_ROOM
    # set when the app is asked for the static site, whose pages do in the browser what a server does here
    app.config["TWIN"] = False
    app.config["MAX_FORM_MEMORY_SIZE"] = app.config["MAX_CONTENT_LENGTH"]
    source = source or _source(settings, workspace)
    copies = Copies.of_workspace(workspace, settings.sources)
    catalogued = workspace if with_catalogue else None
    app.extensions[EXTENSION] = Site(settings, source, catalogued, workspace.names, bounds, copies)
    _set_up_templates(app)
    for module in _PAGES:
        app.register_blueprint(module.blueprint)
    app.extensions[NAVIGATION] = [module.ENTRY for module in _PAGES if hasattr(module, "ENTRY")]
    app.extensions[SUBJECTS] = tuple(module.SUBJECT for module in _SUBJECTS)
    register_errors(app)
    app.before_request(_use_names)
    app.teardown_request(_put_names_back)
    app.before_request(_refuse_long_headers)
    app.before_request(_refuse_others)
    app.after_request(_add_headers)
    app.after_request(compress)
    return app


def _set_up_templates(app: Flask) -> None:
    # the template of a page lies beside its view
    app.jinja_loader = FileSystemLoader([_HERE / "templates", _HERE / "pages"])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["clean"] = clean
    app.jinja_env.globals.update(
        version=__version__,
        site=app.extensions[EXTENSION],
        navigation=navigation,
        has_page=has_page,
        has_asset=lambda name: (Path(str(app.static_folder)) / "build" / name).is_file(),
        compact=compact,
        heading=heading,
        iri=iri,
        leads=leads,
        link=link,
        local_path=local_path,
        on_paper=on_paper,
        name_of=name_of,
        shown_columns=shown_columns,
        shown_rows=shown_rows,
        visible=visible,
        wanted_words=wanted_words,
    )


def _source(settings: Settings, workspace: Workspace) -> EngineSource:
    from ecp_graph.workspace import default_releases

    if settings.endpoint:
        from ecp_graph.engine.opening import remote_engine

        with using(workspace.names):
            return FixedEngine(remote_engine(settings.endpoint, settings), is_fixed=False)
    releases = settings.releases or default_releases(workspace)
    return CurrentRelease(releases.resolve(), settings)


def _use_names() -> None:
    """Put the names of what is served into use until the request ends."""
    g.in_use = ExitStack()
    g.in_use.enter_context(using(app_site().names))


def _put_names_back(_: BaseException | None) -> None:
    if in_use := g.pop("in_use", None):
        in_use.close()


def _refuse_long_headers() -> None:
    """Raise HttpError for a list of preferences that would take longer to compare than the answer is worth."""
    for name in _LISTS:
        if len(request.headers.get(name, "")) > _LONGEST_LIST:
            sentence = f"The {name} header is longer than {_LONGEST_LIST:,} characters. Send a shorter list."
            raise HttpError(431, "headers-too-long", sentence)


def _refuse_others() -> None:
    """Raise HttpError where a release with confidential plans is asked for from elsewhere.

    A server on the loopback interface is reached from elsewhere through a proxy, or by the page of another site whose
    name has been made to lead to this machine (DNS rebinding). Both show in the request.
    """
    if app_site().confidential and not is_from_here():
        sentence = (
            "This release holds confidential plans, so it is shown at http://localhost alone. For others, serve the "
            "public part: set ECP_GRAPH_HOST, or ECP_GRAPH_TRUSTED_PROXIES behind a proxy."
        )
        raise HttpError(403, "confidential", sentence)


def _add_headers(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if release := app_site().release:
        response.headers[RELEASE_HEADER] = release
    if app_site().is_outside:
        response.headers["Cache-Control"] = "no-store"
    if request.path == "/sparql" or request.path.startswith("/api/"):
        response.headers.update(OPEN_HEADERS)
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
            response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(response.allow))
            response.headers["Access-Control-Max-Age"] = "86400"
            response.headers.pop("Content-Type", None)
    if app_site().confidential:  # neither the page of another site, in a browser of this machine, nor a cache has them
        response.headers.pop("Access-Control-Allow-Origin", None)
        response.headers["Cache-Control"] = "private, no-store"
    return response
