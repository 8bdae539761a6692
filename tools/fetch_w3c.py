"""Fetches the W3C SPARQL 1.1 test suite into .cache/, out of the source distribution of rdflib, which carries it.

The suite is not part of this repository. `tests/conformance/test_w3c.py` is skipped where it is missing.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

__all__ = ["FOLDER"]

FOLDER = Path(__file__).resolve().parents[1] / ".cache" / "w3c" / "sparql11"
_RDFLIB = "rdflib==7.6.0"
_INSIDE = "/test/data/suites/w3c/sparql11/"


def main() -> int:
    """Fetch the suite unless it is there; return the exit code."""
    if (FOLDER / "manifest-all.ttl").is_file():
        print(f"The suite is in {FOLDER}.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-binary", ":all:", "--no-deps"]
        done = subprocess.run([*fetch, "--dest", folder, _RDFLIB], check=False)
        archives = list(Path(folder).glob("rdflib-*.tar.gz"))
        if done.returncode or not archives:
            print(f"The suite is not fetched: pip cannot download the source of {_RDFLIB}.", file=sys.stderr)
            return 1
        files = _extract(archives[0])
    print(f"{files} files of the suite are in {FOLDER}.")
    return 0


def _extract(archive: Path) -> int:
    files = 0
    with tarfile.open(archive) as packed:
        for member in packed:
            _, found, name = member.name.partition(_INSIDE)
            source = packed.extractfile(member) if found and member.isfile() else None
            if source is None or ".." in name.split("/"):
                continue
            target = FOLDER / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read())
            files += 1
    return files


if __name__ == "__main__":
    sys.exit(main())
