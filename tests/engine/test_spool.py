"""Where answers wait until they are whole."""

from __future__ import annotations

import io

import pytest

from ecp_graph.engine.spool import Cancelled, Spool
from ecp_graph.errors import ResultTooLarge


def test_what_goes_in_comes_out_once() -> None:
    spool = Spool()
    assert spool.write(b"ab") == 2
    spool.write(b"c" * 100_000)
    assert len(spool) == 100_002
    assert b"".join(spool.read_once()) == b"ab" + b"c" * 100_000


def test_a_large_answer_goes_to_disk() -> None:
    spool = Spool()
    for _ in range(10):
        spool.write(b"x" * 1_000_000)
    assert not isinstance(spool._stream, io.BytesIO)
    assert sum(map(len, spool.read_once())) == 10_000_000


def test_the_limit_names_its_size() -> None:
    spool = Spool(1_000_000)
    spool.write(b"x" * 1_000_000)
    with pytest.raises(ResultTooLarge, match="larger than 1 MB"):
        spool.write(b"x")


def test_cancelling_stops_it_and_those_beside_it() -> None:
    spool = Spool()
    beside = spool.beside()
    beside.write(b"x")
    spool.cancel()
    for each in (spool, beside):
        with pytest.raises(Cancelled):
            each.write(b"x")
