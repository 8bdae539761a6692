"""Stores that the tests start for themselves: the Oxigraph server and Virtuoso, on free ports of the loopback."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ecp_graph.engine.login import Login
from tests.ports import free_ports

__all__ = ["Store", "isql", "oxigraph_server", "virtuoso_program", "virtuoso_server"]

_START_S = 60
_STOP_S = 15
_USER, _PASSWORD = "pusher", "geheim"

_INI = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
MaxCheckpointRemap = 2000

[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DisableUnixSocket = 1
MaxClientConnections = 20
CheckpointInterval = 0
CaseMode = 2
DirsAllowed = {folder}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000

[HTTPServer]
ServerPort = 127.0.0.1:{http_port}
ServerRoot = {folder}
ServerThreads = {threads}
Charset = UTF-8

[SPARQL]
ResultSetMaxRows = {rows}
"""


@dataclass(frozen=True)
class Store:
    """A running store: where it is asked, where it takes graphs, and who may write."""

    name: str
    endpoint: str
    graph_store: str
    login: Login | None = None
    sql_port: int = 0


def _oxigraph_program() -> str:
    """Return the server of the PyPI package ``oxigraph``, beside this Python or on the PATH."""
    beside = Path(sysconfig.get_path("scripts")) / "oxigraph"
    return str(beside) if beside.exists() else "oxigraph"


def virtuoso_program() -> str | None:
    """The server of the Debian package ``virtuoso-opensource``."""
    return shutil.which("virtuoso-t")


@contextlib.contextmanager
def oxigraph_server(folder: Path) -> Iterator[Store]:
    """The Oxigraph server with an empty store in memory."""
    program = _oxigraph_program()
    [port] = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    with _running([program, "serve", "--bind", f"127.0.0.1:{port}"], folder, f"{address}/query"):
        yield Store("oxigraph", f"{address}/query", f"{address}/store")


@contextlib.contextmanager
def virtuoso_server(folder: Path, *, rows: int = 1_000_000, threads: int = 10) -> Iterator[Store]:
    """Virtuoso with a database of its own in the folder, and a user that may write graphs."""
    program = virtuoso_program()
    assert program is not None
    sql_port, http_port = free_ports(2)
    ini = folder / "virtuoso.ini"
    text = _INI.format(folder=folder, sql_port=sql_port, http_port=http_port, rows=rows, threads=threads)
    ini.write_text(text, encoding="utf-8")
    address = f"http://127.0.0.1:{http_port}"
    store = Store(
        "virtuoso", f"{address}/sparql", f"{address}/sparql-graph-crud-auth", Login(_USER, _PASSWORD), sql_port
    )
    with _running([program, "+foreground", "+configfile", str(ini)], folder, store.endpoint):
        isql(store, f"DB.DBA.USER_CREATE ('{_USER}', '{_PASSWORD}')", f'GRANT SPARQL_UPDATE TO "{_USER}"')
        yield store


def isql(store: Store, *statements: str) -> None:
    """Run SQL in Virtuoso as its administrator."""
    program = next(found for name in ("isql-vt", "isql-v", "isql") if (found := shutil.which(name)))
    command = [program, f"127.0.0.1:{store.sql_port}", "dba", "dba", f"exec={'; '.join(statements)};"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stderr + done.stdout, done.stdout + done.stderr


@contextlib.contextmanager
def _running(command: Sequence[str], folder: Path, address: str) -> Iterator[None]:
    """Run a server until the end of the block; its output is in ``server.log`` of the folder."""
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={"PATH": os.environ["PATH"]}
        )
        try:
            _wait_for(address, process, folder)
            yield
        finally:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, (folder / "server.log").read_text(errors="replace")
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=10).close()
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{address} did not answer within {_START_S} s")
