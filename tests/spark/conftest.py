"""A place to run joins on Spark, with Java; where there is none, what needs it is skipped by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ecp_graph.errors import EcpGraphError
from ecp_graph.tables.joins import Place
from ecp_graph.tables.spark import check_spark, on_spark

MASTER = "local[2]"
#: Half of the processor time of so short a run would go into compiling well what is run but once.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@pytest.fixture(scope="session")
def spark() -> Iterator[Place]:
    try:
        check_spark()
    except EcpGraphError as reason:
        pytest.skip(str(reason))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", QUICK)
        with on_spark(MASTER) as place:
            yield place
