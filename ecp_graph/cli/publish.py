"""``ecp-graph publish``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecp_graph.cli.common import public_release, say, settings_options, workspace_and_releases

if TYPE_CHECKING:
    from ecp_graph.settings import Settings

__all__ = ["has_scripts", "progress_lines", "publish"]

_MOST_NAMED = 10


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    required=True,
    help="Folder to write to; an existing site in it is replaced.",
)
@click.option(
    "--base-url",
    metavar="URL",
    default="http://localhost/",
    show_default=True,
    help="Address of the published site, for redirect rules and the sitemap.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="S",
    default=60.0,
    show_default=True,
    help="Time limit of a query in seconds; a page whose query takes longer says so.",
)
@settings_options("workspace", "releases")
@click.pass_context
def publish(ctx: click.Context, out: Path, base_url: str, timeout: float, settings: Settings) -> None:
    """Write the site as static files.

    Every page and document becomes a file, for any file server. The pages work without an application server, including
    the query pages and the editor: SPARQL runs in the browser. The RDF is next to each page, and redirects/ has rules
    for Apache, w3id.org and nginx. The folder is replaced atomically. The exit code is 1 if there are broken links.
    Confidential plans are left out.
    """
    from ecp_graph.twin.publish import publish as publish_site

    if not base_url.startswith(("http://", "https://")):
        raise click.UsageError(f"--base-url must be an address such as https://example.org/plan/, not '{base_url}'.")
    where, into = workspace_and_releases(settings)
    release = public_release(where, into)
    with _bar() as progress:
        report = publish_site(release, where, out, base_url=base_url, timeout_s=timeout, progress=progress)
    say(f"{report.files} files ({report.bytes / 1_000_000:.1f} MB) of release {release.id} are in {out}.")
    if not has_scripts():
        say(
            "The scripts of the pages are missing, so neither SPARQL nor the search works there. Run `make assets` in "
            "a checkout of ecp-graph, install it again and publish again."
        )
    if report.refused:
        named = ", ".join(sorted(report.refused)[:_MOST_NAMED])
        say(f"{len(report.refused)} files have a note instead of data that are too large or unsuitable: {named}.")
    if report.broken:
        named = "\n".join(f"  {status} {address}" for address, status in sorted(report.broken.items())[:_MOST_NAMED])
        say(f"Broken links: {len(report.broken)}; the first:\n{named}")
        ctx.exit(1)


def has_scripts() -> bool:
    """Return whether the front-end bundle is there, without which the pages have no scripts."""
    import ecp_graph.web

    return any((Path(ecp_graph.web.__file__).parent / "static" / "build").glob("*.js"))


def progress_lines(every_s: float = 15, clock: Callable[[], float] = time.monotonic) -> Callable[[int, int], None]:
    """Return a function that reports how many files are written and known, at most once every few seconds."""
    last_s = clock()

    def progress(done: int, known: int) -> None:
        nonlocal last_s
        if clock() - last_s >= every_s:
            last_s = clock()
            say(f"{done:,} files written, of {known:,} known so far.")

    return progress


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on stderr if it is a terminal, otherwise a line now and then."""
    if not sys.stderr.isatty():
        yield progress_lines()
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("Publishing"), MofNCompleteColumn(), TextColumn("files"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("publish", total=None)
        yield lambda done, known: bar.update(task, completed=done, total=known)
