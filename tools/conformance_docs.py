"""Writes docs/conformance.md: each feature of the SPARQL 1.1 Protocol and Service Description, asked of the server."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from flask.testing import FlaskClient

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "conformance.md"
_HEAD = """# Conformance

What `/sparql` does of the [SPARQL 1.1 Protocol](https://www.w3.org/TR/sparql11-protocol/) (query) and of the
[Service Description](https://www.w3.org/TR/sparql11-service-description/). The table is written by a run of
`python tools/conformance_docs.py`, and `make test` fails when it no longer holds. The update operation is refused with
status 403: a release is read-only.

The W3C's own SPARQL 1.1 query tests go through the endpoint too (`python tools/fetch_w3c.py`, then
`tests/conformance/test_w3c.py`): it passes every one that the engine alone passes.

| clause | feature | result |
|---|---|---|
"""


def page(client: FlaskClient) -> str:
    """Return the page, with the result of asking for every feature."""
    sys.path.insert(0, str(ROOT))
    from tests.conformance.features import FEATURES

    rows = [f"| {one.clause} | {one.name} | {'yes' if one.check(client) else 'no'} |" for one in FEATURES]
    return _HEAD + "\n".join(rows) + "\n"


def main() -> None:
    """Build a release, ask it, and write the page."""
    from ecp_graph.build import build
    from ecp_graph.settings import Settings
    from ecp_graph.web import create_app
    from ecp_graph.workspace import bundled_workspace

    workspace = bundled_workspace()
    with tempfile.TemporaryDirectory() as folder:
        build(workspace, Path(folder))
        client = create_app(Settings(workspace=workspace.root, releases=Path(folder))).test_client()
        PAGE.write_text(page(client), encoding="utf-8")


if __name__ == "__main__":
    main()
