"""The known things of a release, found in texts by their names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ecp_graph.overlap.likeness import Named, NamesIn
from ecp_graph.plans.matching import Known, Register
from ecp_graph.tables.tidy import connected, literal

__all__ = ["names_in_release"]

#: The kinds of things by the tables that list them.
_KINDS: Final = {
    "body": "bodies",
    "goal": "goals",
    "instrument": "instruments",
    "programme": "plans",
    "topic": "topics",
}
_KNOWN: Final = """
SELECT thing, coalesce(min(name) FILTER (kind = 'code'), ''),
  list((name, coalesce(language, '')) ORDER BY kind DESC, name) FILTER (kind <> 'code')
FROM read_parquet({names}) SEMI JOIN (SELECT iri AS thing FROM read_parquet({of})) USING (thing)
GROUP BY thing ORDER BY thing"""


def names_in_release(tables: Path) -> NamesIn:
    """Return what finds the bodies, goals, instruments, programmes and topics of a release in a text.

    ``tables`` is the folder of its tidy tables. What is not there is not found.
    """
    register = Register(_known(tables))

    def names_in(text: str) -> Iterator[Named]:
        for kind in _KINDS:
            for match in register.found_in(text, kind):
                if match.is_sure and match.known:
                    yield Named(match.text, match.known.iri, kind)

    return names_in


def _known(tables: Path) -> Iterator[Known]:
    paths = {kind: tables / f"{table}.parquet" for kind, table in _KINDS.items()}
    names = tables / "names.parquet"
    with connected(tables) as connection:
        for kind, path in paths.items():
            if names.is_file() and path.is_file():
                select = _KNOWN.format(names=literal(str(names)), of=literal(str(path)))
                for iri, code, labels in connection.execute(select).fetchall():
                    yield Known(iri, code, kind, tuple(labels or ()))
