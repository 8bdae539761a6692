"""Answers larger than memory should hold: they stream, whether the client reads fast, slowly, or hangs up."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Served, serving

from .siege import MemoryWatch
from .streams import GROWTH_LIMIT, ROWS, query_of, read_stream

#: Fewer than the five million of `tools/endurance.py stream`, which takes the same way.
_TEST_ROWS = 1_000_000


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("data") / "data.ttl"
    data.write_text("<http://x/a> <http://x/b> 1 .\n", encoding="utf-8")
    with serving(str(data), "--timeout", "120", environment={"ECP_GRAPH_WORKERS": "1"}) as served:
        yield served


@pytest.mark.parametrize("fmt", ["csv", "json"])
def test_a_long_answer_streams_through_the_server(served: Served, fmt: str) -> None:
    with MemoryWatch(lambda: [served.process.pid], every_s=0.05) as memory:
        stream = read_stream(served.port, query_of(_TEST_ROWS), fmt)
    assert (stream.rows, stream.whole) == (_TEST_ROWS, True)
    assert memory.looks > 5
    assert memory.peak - memory.first < GROWTH_LIMIT


def test_a_slow_reader_makes_the_server_wait_not_grow(served: Served) -> None:
    with MemoryWatch(lambda: [served.process.pid], every_s=0.05) as memory:
        stream = read_stream(served.port, query_of(ROWS), "json", pause_s=0.02, most_chunks=100)
    assert not stream.whole
    assert 1_000_000 < stream.size < 20_000_000
    assert memory.peak - memory.first < GROWTH_LIMIT / 4
    # its only worker is free again, long before the time limit of the query that nobody reads
    assert served.get("ASK {}").status == 200


def test_the_rows_are_counted(served: Served) -> None:
    assert read_stream(served.port, query_of(6_000), "json").rows == 6_000
    assert read_stream(served.port, query_of(6_000), "csv").rows == 6_000
    with pytest.raises(ValueError, match="multiple"):
        query_of(6_001)


def test_half_an_answer_is_not_taken_for_a_whole_one(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as line:
        query = query_of(ROWS).replace(" ", "+").replace("{", "%7B").replace("}", "%7D").replace("?", "%3F")
        line.sendall(f"GET /sparql?timeout=1&format=csv&query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(1.5)  # past the limit, and nothing read so far
        got = bytearray()
        line.settimeout(60)
        try:
            while chunk := line.recv(65_536):
                got += chunk
        except ConnectionResetError:
            pass
    assert got.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"transfer-encoding: chunked" in got
    assert not got.endswith(b"\r\n0\r\n\r\n")
    assert Path(served.log_path).read_text().count("cut=") >= 1
