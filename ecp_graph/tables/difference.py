"""What differs between the statements of a build and those of the dataset that an earlier build wrote.

::

    come(s, p, o, g)      statements that the dataset does not have
    gone(s, p, o, g)      statements that only the dataset has
    things(s, p, o)       what shapes are run on: the merge of the layers that rules read
    changed(s, p, o)      triples that are among the things and were not, or were and are not
    walked(s, p, o)       the things as they are and as they were

A statement is compared as the line that stands for it in N-Quads. One that moved from one graph to another has come
and gone, and its triple has not changed.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Final

from ecp_graph.tables.statements import Statements

__all__ = ["compare_with"]

_LAYERS: Final = ("ontology", "data", "inferred", "derived", "shapes")
_BEFORE: Final = """
CREATE OR REPLACE TEMP TABLE before AS
FROM read_csv($file, columns = {'line': 'VARCHAR'}, auto_detect = false, header = false, delim = '\\x01',
  quote = '', escape = '', new_line = '\\n', max_line_size = 32000000, buffer_size = 64000000)
WHERE NOT ends_with(line, $left_out)"""
_NOW: Final = f"""
CREATE OR REPLACE TEMP TABLE present AS
SELECT quad.*, concat(s.term, ' ', p.term, ' ', o.term, if(g.term = '', '', ' '), g.term, ' .') AS line
FROM ({" UNION ".join(f"FROM {layer}" for layer in _LAYERS)}) AS quad
JOIN terms AS s ON s.id = quad.s
JOIN terms AS p ON p.id = quad.p
JOIN terms AS o ON o.id = quad.o
JOIN terms AS g ON g.id = quad.g"""
_COMPARED: Final = (
    "CREATE OR REPLACE TEMP TABLE come AS SELECT s, p, o, g FROM present ANTI JOIN before USING (line)",
    "CREATE OR REPLACE TEMP TABLE things AS SELECT DISTINCT s, p, o FROM quads",
    """
CREATE OR REPLACE TEMP TABLE changed AS
SELECT DISTINCT s, p, o FROM gone ANTI JOIN things USING (s, p, o)
UNION
SELECT s, p, o FROM (SELECT DISTINCT s, p, o FROM come)
ANTI JOIN (SELECT s, p, o FROM (FROM quads ANTI JOIN come USING (s, p, o, g)) UNION ALL SELECT s, p, o FROM gone)
USING (s, p, o)""",
    """
CREATE OR REPLACE TEMP TABLE walked AS
FROM things UNION ALL SELECT DISTINCT s, p, o FROM gone ANTI JOIN things USING (s, p, o)""",
    "DROP TABLE present",
    "DROP TABLE before",
)
_TOUCHES: Final = """
SELECT count(*) FROM (SELECT g FROM come UNION ALL SELECT g FROM gone) AS differing
JOIN terms ON id = g WHERE term IN (SELECT unnest($graphs::VARCHAR[]))"""


def compare_with(dataset: Path, statements: Statements, *, but: str, fixed: Collection[str]) -> bool:
    """Make the tables of the module, and return whether the graphs of the names ``fixed`` are as they were.

    ``dataset`` is a file of N-Quads as a release has it; its graph of the name ``but`` is not compared.
    """
    run = statements.connection.execute
    # the database reads files of its own folder alone, and follows no links out of it
    shutil.copyfile(dataset, copied := statements.folder / "before.nq")
    run(_BEFORE, {"file": str(copied), "left_out": f" <{but}> ."})
    copied.unlink()
    run(_NOW)
    lines = run("SELECT line FROM before ANTI JOIN present USING (line)").fetchall()
    statements.stage_rows("gone", [line for (line,) in lines])
    for statement in _COMPARED:
        run(statement)
    return run(_TOUCHES, {"graphs": [f"<{name}>" for name in fixed]}).fetchall() == [(0,)]
