"""Writes docs/conformance.md: each feature of the SPARQL 1.1 protocols, tested on the server."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from flask.testing import FlaskClient

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "conformance.md"
_HEAD = """# Conformance

What `/sparql` supports of the [SPARQL 1.1 Protocol](https://www.w3.org/TR/sparql11-protocol/) (query),
[Federated Query](https://www.w3.org/TR/sparql11-federated-query/) and the
[Service Description](https://www.w3.org/TR/sparql11-service-description/). `python tools/conformance_docs.py` writes
the table, and `make test` fails if it is wrong. Updates are refused with status 403: a release is read-only. For the
rows of Federated Query, the server's own address is on the list of endpoints that SERVICE may call; by default the list
is empty, every SERVICE is refused, and `sd:BasicFederatedQuery` is not announced.

The W3C's SPARQL 1.1 query tests are run through the endpoint too (`python tools/fetch_w3c.py`, then
`tests/conformance/test_w3c.py`): it passes every test that the engine alone passes. Of the seven tests of Federated
Query it passes the four whose clauses have a constant address and no nested clause; the others are refused
(`tests/engines/test_federated.py`).

| clause | feature | result |
|---|---|---|
"""


def page(client: FlaskClient) -> str:
    """Return the page, with the result of asking for every feature."""
    from tests.conformance.features import FEATURES

    rows = [f"| {one.clause} | {one.name} | {'yes' if one.check(client) else 'no'} |" for one in FEATURES]
    return _HEAD + "\n".join(rows) + "\n"


def main() -> None:
    """Build a release, ask it, and write the page."""
    sys.path.insert(0, str(ROOT))
    from ecp_graph.pipeline import build
    from ecp_graph.workspace import bundled_workspace
    from tests.conformance.asking_itself import asking_itself

    workspace = bundled_workspace()
    with tempfile.TemporaryDirectory() as folder:
        build(workspace, Path(folder))
        with asking_itself(workspace.root, Path(folder)) as client:
            PAGE.write_text(page(client), encoding="utf-8")


if __name__ == "__main__":
    main()
