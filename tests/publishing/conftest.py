"""Two releases of a small workspace, which differ in a row, a body and a date."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ecp_graph.pipeline import build
from ecp_graph.release.release import Release
from tests.build.conftest import DATA, write_workspace

COMPARED = """\
#+ summary: The rows of the plan
#+ columns:
#+   - {name: number, meaning: number of the row}
#+   - {name: title, meaning: title of the row}
#+   - {name: body, meaning: code of a responsible body}
#+   - {name: action, meaning: IRI of the row}
#+ tags: [action]
#+ compare: {title: Actions, key: action, name: [number, title]}
SELECT ?number ?title ?body ?action WHERE {
  ?action a ecp:Action ; ecp:actionNumber ?number ; skos:prefLabel ?title .
  OPTIONAL { ?action ecp:responsibleBody/skos:notation ?body }
}
ORDER BY ?number ?body ?action
"""
NOT_COMPARED = COMPARED.replace("#+ compare: {title: Actions, key: action, name: [number, title]}\n", "")
LATER = (
    DATA.replace("Read the guide", "Study the guide").replace(
        "ecp:responsibleBody body:ptc , body:sec ;", ("ecp:responsibleBody body:sec ;")
    )
    + """
passage:action-3 {
    passage:action-3 a ecp:SourcePassage ; ecp:passageOf document:paper ; ecp:locator "row 3" .
    action:a3 a ecp:Action ; skos:prefLabel "=Burn the guide<b>"@en ; ecp:inPlan plan:p ; ecp:actionNumber 3 ;
        ecp:responsibleBody body:sec .
}
"""
)
QUERIES = {"queries/actions/rows.rq": COMPARED, "queries/actions/rows-again.rq": NOT_COMPARED}


@pytest.fixture(scope="session")
def two_releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Release, Release]:
    """The workspace as it is now, the folder of releases, the earlier release and the current one."""
    root = tmp_path_factory.mktemp("versions")
    releases = root / "releases"
    made = []
    for number, data in enumerate((DATA, LATER)):
        workspace = write_workspace(root / "workspace", {**QUERIES, "data/main.trig": data})
        result = build(workspace, releases)
        assert result.release is not None
        made.append(result.release)
        os.utime(result.release.path / "manifest.json", (1_700_000_000 + 60 * number,) * 2)
    return root / "workspace", releases, made[0], made[1]
