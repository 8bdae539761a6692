"""``python -m demo FOLDER``: makes the workspace of the demo by the commands of the README, and builds it."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from demo.documents import Plan, plans, write_document

__all__ = ["make_demo"]

_HERE: Final = Path(__file__).resolve().parent


def make_demo(folder: Path) -> Path:
    """Make the documents and the workspace in a folder, which is emptied first, build it, and return the workspace.

    Each command is told on stderr before it is run. Raises CalledProcessError where one fails.
    """
    workspace, documents = folder / "velmora", folder / "documents"
    for made in (workspace, documents):
        shutil.rmtree(made, ignore_errors=True)
    documents.mkdir(parents=True)
    _run("init", str(workspace), "--title", "Three programmes of Velmora", "--with", "bundled")
    with (workspace / "workspace.toml").open("a", encoding="utf-8") as file:
        file.write((_HERE / "site.toml").read_text(encoding="utf-8"))
    shutil.copy(_HERE / "velmora.trig", workspace / "data" / "register")
    for plan in plans():
        path = write_document(plan, documents)
        _run("import", str(path), *_options(plan), "--into", str(workspace), "--yes")
    _run("build", "--workspace", str(workspace))
    return workspace


def _options(plan: Plan) -> Iterator[str]:
    yield from ("--plan", plan.slug, "--title", plan.title, "--from", plan.start, "--until", plan.end)
    yield from ("--body", plan.body)


def _run(*arguments: str) -> None:
    print(f"$ ecp-graph {shlex.join(arguments)}", file=sys.stderr, flush=True)
    # what the commands tell goes to stderr: this one has no data of its own
    subprocess.run([sys.executable, "-m", "ecp_graph.cli", *arguments], check=True, stdout=sys.stderr)


if __name__ == "__main__":
    make_demo(Path(sys.argv[1]))
