"""Writes docs/fair.md: each practice of publishing linked data, asked of the server and of the static site."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fair.hosts import Host

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "fair.md"
_HEAD = """# FAIR

How well the data are published, by the tests of [FOOPS!](https://w3id.org/foops/catalogue),
those of the [Data on the Web Best Practices](https://www.w3.org/TR/2017/REC-dwbp-20170131/) (DWBP) that a request can
test, and the *Recipes*, [Best Practice Recipes for Publishing RDF Vocabularies](https://www.w3.org/TR/2008/NOTE-swbp-vocab-pub-20080828/).
`python -m tools.fair_docs` writes the table, and `make test` fails if it is wrong.

- *server* is what `ecp-graph serve` runs, over the bundled release.
- *static, with rules* is what `ecp-graph publish` writes, on a host that reads its `.htaccess`; the rules for nginx do
  the same.
- *static, files alone* is the same on a host that only serves files.

An IRI `https://w3id.org/ecp-graph/…` is requested at the same path of each host; the redirection by w3id.org is not
tested.

| source | test | what is looked at | server | static, with rules | static, files alone | why not |
|---|---|---|---|---|---|---|
"""
_FOOT = """
Not in the table:

- FOOPS! FIND2, FIND3, FIND_3_BIS and OM4.2 ask registries and other hosts.
- DWBP BP16 (the right formalisation): the tests of `tests/ontology` hold the ontology to OWL 2 DL and OWL 2 RL.
- DWBP BP20 (access in real time): the data are not real-time data.
- DWBP BP26 (no breaking changes of an API): needs two versions to compare; CHANGELOG.md lists the changes.
- DWBP BP27 (identifiers are kept): `tests/web` tests a deprecated thing, which answers 410.
- DWBP BP30, BP33 and BP34 are about what people do with the data.
"""


def page(hosts: Sequence[Host]) -> str:
    """Return the page: the result of each practice on each host, and why one has no such thing."""
    sys.path.insert(0, str(ROOT))
    from tests.fair.features import PRACTICES

    rows, held = [], dict.fromkeys((host.name for host in hosts), 0)
    for one in PRACTICES:
        cells = []
        for host in hosts:
            holds = one.check(host)
            held[host.name] += holds
            cells.append("yes" if holds else "no")
        why = "; ".join(dict.fromkeys(one.gaps.values()))
        rows.append(f"| {' | '.join([one.source, one.id, one.name, *cells, why])} |")
    totals = " | ".join(f"{number} of {len(PRACTICES)}" for number in held.values())
    return _HEAD + "\n".join([*rows, f"| | | **together** | {totals} | |"]) + "\n" + _FOOT


def main() -> None:
    """Build a release, publish it, ask both, and write the page."""
    from ecp_graph.namespaces import using
    from ecp_graph.pipeline import build
    from ecp_graph.release.release import open_release
    from ecp_graph.settings import Settings
    from ecp_graph.twin.publish import publish
    from ecp_graph.web.app import create_app
    from ecp_graph.workspace import bundled_workspace
    from tests.fair.hosts import FileHost, RuledHost, ServerHost

    workspace = bundled_workspace()
    with tempfile.TemporaryDirectory() as folder:
        releases, twin = Path(folder, "releases"), Path(folder, "site")
        build(workspace, releases)
        publish(open_release(releases), workspace, twin, base_url="https://example.org/plan/")
        client = create_app(Settings(workspace=workspace.root, releases=releases)).test_client()
        with using(workspace.names):
            PAGE.write_text(page([ServerHost(client), RuledHost(twin), FileHost(twin)]), encoding="utf-8")


if __name__ == "__main__":
    main()
