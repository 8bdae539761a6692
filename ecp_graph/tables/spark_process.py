"""The process in which Spark runs the statements of a build: ``python -m ecp_graph.tables.spark_process MASTER``.

It reads one JSON object a line: ``{"view": NAME, "files": [PARQUET, …]}`` gives files a name; with ``"select": SQL``
what the statement selects is written into the first of them before. To each it answers ``{"rows": NUMBER}``, the number
being 0 where nothing was written, or ``{"error": SENTENCE}``, with ``"stopped": true`` where the statement stopped
itself. It ends with its input.
"""

from __future__ import annotations

import json
import os
import re
import sys
import warnings
from typing import TYPE_CHECKING, Any, Final

from ecp_graph.tables.dialect import FUNCTIONS, OPTIONS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_QUIET: Final = {
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_LOCAL: Final = re.compile(r"local(?:\[(\d+|\*))?")


def main() -> None:
    """Answer requests until there are no more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Spark prints goes to the log
    spark = _session(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(_answer(spark, json.loads(line))), file=answers, flush=True)
    spark.stop()


def _answer(spark: SparkSession, request: dict[str, Any]) -> dict[str, Any]:
    from pyspark.errors import PySparkException

    try:
        if "select" in request:
            spark.sql(request["select"]).write.parquet(request["files"][0])
        table = spark.read.parquet(*request["files"])
        table.createOrReplaceTempView(request["view"])
        return {"rows": table.count() if "select" in request else 0}
    except PySparkException as reason:
        if reason.getCondition() == "USER_RAISED_EXCEPTION":
            return {"error": (reason.getMessageParameters() or {}).get("errorMessage", ""), "stopped": True}
        return {"error": str(reason)}


def _session(master: str) -> SparkSession:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions of pandas, which is not used
        from pyspark.sql import SparkSession
    builder = SparkSession.builder.appName("ecp-graph").master(master)
    for name, value in (OPTIONS | _QUIET | _on_this_machine(master)).items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    for function in FUNCTIONS:
        spark.sql(f"CREATE TEMPORARY FUNCTION {function}")
    return spark


def _on_this_machine(master: str) -> dict[str, str]:
    """Return the options of a master in this process: as many parts as processors, and no port beyond loopback."""
    local = _LOCAL.match(master)
    if local is None:
        return {}
    processors = int(local[1]) if local[1] and local[1] != "*" else len(os.sched_getaffinity(0)) if local[1] else 1
    return {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": str(processors),
    }


if __name__ == "__main__":
    main()
