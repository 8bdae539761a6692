"""Joins on Spark: the tables go there as Parquet, and come back as Parquet.

Every table that a statement makes is written and read again. This cuts the plan of the next statement short: without
it, Spark keeps the history of all rounds of a closure in one plan, and does not come to an end of planning it.

Spark runs in a process of its own (`spark_process`), whose log is told when something fails.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, cast

from ecp_graph.errors import MissingExtra, SparkError
from ecp_graph.tables.dialect import in_spark
from ecp_graph.tables.joins import Joins, Place, Stopped
from ecp_graph.tables.statements import Statements

__all__ = ["LOWEST_JAVA", "check_spark", "on_spark"]

#: The version of Java that PySpark 4 needs at least.
LOWEST_JAVA: Final = 17
_LAST_LINES: Final = 12


def check_spark() -> None:
    """Raise MissingExtra without PySpark, and SparkError without a Java that is new enough for it."""
    if importlib.util.find_spec("pyspark") is None:
        raise MissingExtra("PySpark, with which a build runs on Spark,", "pip install 'ecp-graph[spark]'")
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    version = re.search(r'version "(\d+)', _told_by(java)) if java else None
    if version is None or int(version[1]) < LOWEST_JAVA:
        found = f"Java {version[1]} was found" if version else "no Java was found"
        where = "in JAVA_HOME" if home else "on the PATH"
        raise SparkError(
            f"Spark needs Java {LOWEST_JAVA} or newer, and {found} {where}. Install a JRE (Debian: {_JRE})."
        )


def _told_by(java: str) -> str:
    return subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603


_JRE: Final = f"apt-get install openjdk-{LOWEST_JAVA}-jre-headless"


@contextmanager
def on_spark(master: str) -> Iterator[Place]:
    """Give the place that runs joins on a Spark master, such as ``local[2]`` or ``spark://host:7077``, for a block.

    Spark starts at once, and is waited for when it is asked. Raises what `check_spark` raises; what is run there raises
    SparkError where Spark fails.
    """
    check_spark()
    with TemporaryDirectory(prefix="ecp-graph-spark-") as folder, _process(master, Path(folder) / "log") as ask:
        yield partial(_joins, ask)


@contextmanager
def _joins(ask: _Ask, statements: Statements, tables: Sequence[str]) -> Iterator[Joins]:
    with TemporaryDirectory(dir=statements.folder, prefix="spark-") as folder:
        joins = _OnSpark(statements, Path(folder), ask)
        for table in tables:
            joins.give(table)
        yield joins


class _OnSpark:
    """Keeps in which files each table is; Spark sees them as views."""

    def __init__(self, statements: Statements, folder: Path, ask: _Ask) -> None:
        self._statements, self._folder, self._ask = statements, folder, ask
        self._files: dict[str, list[Path]] = {}
        #: Tables that are not as they were given.
        self._changing: set[str] = set()
        #: Of statements that read none of these: the rows, and where they are.
        self._known: dict[str, tuple[Path, int]] = {}
        self._numbers = count(1)

    def give(self, table: str) -> None:
        """Let Spark have a table of the statements."""
        path = self._path(table)
        self._statements.connection.execute(f"COPY {table} TO $path (FORMAT parquet)", {"path": str(path)})
        self._show(table, [path])

    def make(self, table: str, select: str) -> int:
        is_fixed = not self._changing_in(select)
        if is_fixed and select in self._known:
            path, rows = self._known[select]
            self._show(table, [path])
        else:
            path = self._path(table)
            rows = self._ask(view=table, select=in_spark(select, self._recursive), files=[str(path)])["rows"]
            self._files[table] = [path]
        if is_fixed:
            self._known[select] = path, rows
        self._changing.add(table)
        return rows

    def append(self, table: str, more: str) -> None:
        self._show(table, [*self._files[table], *self._files[more]])
        self._changing.add(table)

    def rename(self, table: str, name: str) -> None:
        self._show(name, self._files.pop(table))
        self._changing.add(name)

    def fetch(self, table: str) -> None:
        files = [str(path / "*.parquet") if path.is_dir() else str(path) for path in self._files[table]]
        self._statements.connection.execute(
            f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM read_parquet($files, union_by_name = true)",
            {"files": files},
        )

    def _recursive(self, select: str) -> str:
        """Return the table of what a recursive statement gives, which DuckDB makes."""
        table = f"closure_{next(self._numbers)}"
        for other in self._changing_in(select):
            self.fetch(other)
        self._statements.connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {select}")
        self.give(table)
        self._statements.connection.execute(f"DROP TABLE {table}")
        return table

    def _changing_in(self, select: str) -> list[str]:
        return [table for table in self._changing if re.search(rf"\b{table}\b", select)]

    def _show(self, table: str, paths: list[Path]) -> None:
        self._files[table] = paths
        self._ask(view=table, files=[str(path) for path in paths])

    def _path(self, table: str) -> Path:
        return self._folder / f"{table}-{next(self._numbers)}.parquet"


class _Ask:
    """Sends requests to the process in which Spark runs, one JSON object a line, and returns the answers."""

    def __init__(self, master: str, requests: IO[str], answers: IO[str], log: Path) -> None:
        self._master, self._requests, self._answers, self._log = master, requests, answers, log

    def __call__(self, **request: object) -> dict[str, Any]:
        try:
            self._requests.write(json.dumps(request) + "\n")
            self._requests.flush()
            line = self._answers.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            last = self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
            raise SparkError("\n".join([f"Spark at {self._master} could not go on. Its log ends with:", *last]))
        answer: dict[str, Any] = json.loads(line)
        if answer.get("stopped"):
            raise Stopped(answer["error"])
        if "error" in answer:
            raise SparkError(f"Spark at {self._master} refused a statement: {answer['error']}")
        return answer


@contextmanager
def _process(master: str, log: Path) -> Iterator[_Ask]:
    command = [sys.executable, "-m", "ecp_graph.tables.spark_process", master]
    with log.open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603 - the command is our own
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,  # Ctrl-C comes to this process alone, which then ends the other
        )
    with process:
        try:
            yield _Ask(master, cast(IO[str], process.stdin), cast(IO[str], process.stdout), log)
        finally:
            process.terminate()
