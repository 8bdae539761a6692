"""Copies of a release in which one file has one bit flipped, or is cut short."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import dataclass

from ecp_graph.release.release import MANIFEST, Release

__all__ = ["Damaged", "damage"]


@dataclass(frozen=True)
class Damaged:
    """A damaged copy: its id, the file at fault, and what was done to it."""

    id: str
    file: str
    kind: str


def damage(release: Release, name: str, chance: random.Random) -> Damaged:
    """Put a damaged copy of the release beside it, under another id."""
    copy = release.path.with_name(name)
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(release.path, copy)
    manifest = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps({**manifest, "id": name}))
    files = [file for file in sorted(manifest["files"]) if (copy / file).stat().st_size > 0]
    file, kind = chance.choice(files), chance.choice(["flipped", "cut"])
    content = bytearray((copy / file).read_bytes())
    place = chance.randrange(len(content))
    if kind == "flipped":
        content[place] ^= 1 << chance.randrange(8)
    else:
        del content[place:]
    (copy / file).write_bytes(content)
    return Damaged(name, file, kind)
