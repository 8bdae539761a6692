"""The releases in a folder, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ecp_graph.errors import ReleaseError
from ecp_graph.release.release import MANIFEST, Release, current_id, open_release

__all__ = ["KeptRelease", "kept_releases", "named_release", "releases_beside"]


@dataclass(frozen=True)
class KeptRelease:
    """One release on disk, when it was made (UTC), and whether it is the current one."""

    release: Release
    made: datetime
    is_current: bool

    @property
    def id(self) -> str:
        """Its id."""
        return self.release.id

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Its manifest."""
        return self.release.manifest


def kept_releases(releases: Path) -> list[KeptRelease]:
    """Return the releases in a folder, newest first, without those that cannot be opened.

    The time of a release is that of its manifest, the last file that a build writes: a release itself does not tell
    when it was made.
    """
    current = current_id(releases)
    found = []
    for path in releases.glob(f"*/{MANIFEST}"):
        if path.parent.name.startswith("."):
            continue
        try:
            release = open_release(releases, path.parent.name)
            made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except (ReleaseError, OSError):  # a build may be removing it
            continue
        found.append(KeptRelease(release, made, release.id == current))
    return sorted(found, key=lambda one: (one.made, one.id), reverse=True)


def releases_beside(release: Release) -> list[KeptRelease]:
    """Return the releases that may be shown where this one is, newest first, itself included.

    It stands alone where another has a confidential plan and it has none: that one, and older ones that hold the plan
    from before it was marked, must not be published.
    """
    kept = kept_releases(release.path.parent)
    if release.confidential or not any(one.release.confidential for one in kept):
        return kept
    return [one for one in kept if one.id == release.id]


def named_release(name: str, releases: Path) -> Release:
    """Return the release for a name: its id, a prefix of its id, ``current``, ``previous``, or its folder.

    ``previous`` is the newest one made before the current one. Raises ReleaseError when there is none, or several.
    """
    if "/" in name or (name and (Path(name) / MANIFEST).is_file()):
        folder = Path(name).resolve()
        return open_release(folder.parent, folder.name)
    kept = kept_releases(releases)
    if name == "previous":
        at = next((at for at, one in enumerate(kept) if one.is_current), len(kept))
        fitting = kept[at + 1 : at + 2]
    else:
        fitting = [one for one in kept if one.id.startswith(name) or (name == "current" and one.is_current)]
    if len(fitting) == 1:
        return fitting[0].release
    known = ", ".join(one.id for one in kept) or "none"
    what = "no" if not fitting else "more than one"
    raise ReleaseError(f"There is {what} release '{name}' in {releases}. Available: {known}.")
