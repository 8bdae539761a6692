"""Three small made-up plans with planted pairs, imported into a workspace that knows what the bundled one knows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import duckdb

from ecp_graph.pipeline.imports import begin_import
from ecp_graph.pipeline.workspaces import create_workspace
from ecp_graph.plans.draft.model import Given
from ecp_graph.release.release import Release
from ecp_graph.workspace import Workspace, bundled_workspace

TITLES: Final = {
    "north": "Northern Rivers Programme",
    "south": "Southern Lakes Agenda",
    "west": "Western Lights",
}
PLANS: Final = {
    "north": """Number,Action,Lead,Partner,Programme,Instrument,Timeframe
1,Train customs officers in rules of origin,PTC,,,,2031
2,Enhance cooperation with the WTO,SEC,,,,2031
3,Update the Time Release Study Guide,PTC,,,,2031
4,Train nurses in infection prevention,PTC,TFAWG,,,2031
5,Audit bonded warehouses,PTC,,,,2031
6,Digitize patient records,PTC,,,,2031
7,Apply the Transit Guidelines at land borders,PTC,,,Transit Guidelines,2031
8,Update the AEO Compendium,PTC,,,AEO Compendium,2031
12,Develop a digital identity framework,PTC,,,,2031
""",
    "south": """Number,Action,Lead,Partner,Programme,Instrument,Timeframe
1,Deliver training on rules of origin to customs officers,TFAWG,,,,2031
2,Enhance cooperation with the PSCG,SEC,,,,2031
3,Revise the TRS Guide,TFAWG,,,,2031
4,Train cleaning staff in infection prevention,TFAWG,,,,2031
5,Audit the bonded warehouses,TFAWG,,Northern Rivers Programme,,2031
6,Subsidize organic vineyards,TFAWG,,,,2031
7,Translate the Transit Guidelines into Spanish,TFAWG,,,Transit Guidelines,2031
8,Revise the AEO Compendium,TFAWG,,,AEO Compendium,2031
12,Develop a digital inclusion framework,TFAWG,,,,2031
""",
    "west": """Number,Action,Lead,Partner,Programme,Instrument,Timeframe
1,Collect the fees of lighthouses,SAFEWG,,,,2031
2,Evaluate pilots on the Transit Guidelines,SAFEWG,,,Transit Guidelines,2031
""",
}


def made(folder: Path, *slugs: str) -> Workspace:
    """Make a workspace with these plans."""
    workspace = create_workspace(
        folder, "Planted pairs", base="https://pairs.example/", register_of=bundled_workspace()
    )
    for slug in slugs:
        path = folder.parent / f"{slug}.csv"
        path.write_text(PLANS[slug], encoding="utf-8")
        given = Given(slug, TITLES[slug], "2031", "2032")
        begin_import(workspace, path, given).accept(by="test")
    return workspace


def findings(release: Release) -> Mapping[str, dict[str, Any]]:
    """The findings on actions of a release by the slugs of the two: ``north-1 south-1``."""
    table = duckdb.sql(f"FROM '{release.tables / 'findings.parquet'}' WHERE member_kind = 'action'")
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]
    return {" ".join(row[name].rpartition("/")[2] for name in ("member_a", "member_b")): row for row in rows}
