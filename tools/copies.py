"""Writes a workspace of so many copies of the bundled plan, to measure how a build grows.

Every copy has actions, chapters, events and passages of its own. Bodies, instruments, topics and other plans are shared
by ten copies each, so that plans overlap as those of one organization do.

    python tools/copies.py FOLDER --copies 43
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path
from typing import Final

from ecp_graph.workspace import bundled_workspace

#: How many copies share a body.
_SHARING: Final = 10
_OWN: Final = re.compile(
    r"\b(chapter|action|timeframe|event|project|discrepancy|reading|document|group|package|series):([a-z0-9-]+)"
    r"|\b(plan):(ecp-action-plan-\d)"
)
_SHARED: Final = re.compile(
    r"\b(activity|body|edition|goal|instrument|organization|place|plan|programme|topic):((?!c\d+-ecp-action)[a-z0-9-]+)"
)
_LABEL: Final = re.compile(r'((?:pref|alt)Label|[Nn]otation|identifier|,) "([^"]+)"(@en)?')
#: The files that tell of what copies share, once for all of them.
_ONCE: Final = frozenset({"codes.trig", "external"})


def write_copies(folder: Path, copies: int) -> None:
    """Write the workspace into a folder, which must not exist."""
    bundled = bundled_workspace()
    folder.mkdir(parents=True)
    shutil.copy(bundled.root / "workspace.toml", folder / "workspace.toml")
    for path in bundled.data_files:
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(bundled.root / "data")
        for copy in range(0, copies, _SHARING if name.parts[0] in _ONCE else 1):
            target = folder / "data" / f"copy-{copy}" / name
            if name.name == "replaced.trig" and copy:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_copied(text, copy), encoding="utf-8")


def _copied(text: str, copy: int) -> str:
    """Return a file as the copy of that number has it."""
    if copy == 0:
        return text
    pool = copy // _SHARING
    head, body = _head_and_body(text)
    head = re.sub(r"(/(?:graph|passage)/)([a-z0-9-]+/)", rf"\1c{copy}-\2", head)
    body = re.sub(r"\b(external|graph):([a-z]+)", rf"\1:c{copy}-\2", body)
    body = re.sub(r"(/id/passage/)", rf"\1c{copy}-", body)
    body = _OWN.sub(lambda match: f"{match[1] or match[3]}:c{copy}-{match[2] or match[4]}", body)
    if pool:
        body = _SHARED.sub(lambda match: f"{match[1]}:p{pool}-{match[2]}", body)
    return head + _LABEL.sub(lambda match: _renamed(match, copy, pool), body)


def _renamed(match: re.Match[str], copy: int, pool: int) -> str:
    """Return a name that no other pool has; a document's number is one of the copy."""
    kind, text, language = match[1], match[2], match[3] or ""
    if kind == "identifier":
        return f'identifier "{text}C{copy}"'
    if not pool or (kind.lower() == "notation" and text.isdigit()) or (kind == "," and not language):
        return match[0]
    return f'{kind} "{text}{"-P" if kind == "notation" else " P"}{pool}"{language}'


def _head_and_body(text: str) -> tuple[str, str]:
    """Return the declarations of prefixes, and what follows them."""
    end = [match.end() for match in re.finditer(r"^@prefix .*\n", text, re.MULTILINE)][-1]
    return text[:end], text[end:]


def main() -> None:
    """Write the workspace that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--copies", type=int, default=13)
    given = parser.parse_args()
    write_copies(given.folder, given.copies)


if __name__ == "__main__":
    main()
