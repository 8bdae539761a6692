"""A finding that is a row of the tables: shown, described and explained as if it were a node, and said to be none."""

from __future__ import annotations

from dataclasses import replace

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.linked_data.document import Standing, standing_of
from ecp_graph.queries.binding import bind
from ecp_graph.sparql.results import Table
from ecp_graph.tables.lists.reading import Row
from ecp_graph.web.show.panels import Panel
from ecp_graph.web.state.site import site

__all__ = ["engine_of", "standing_of_row", "statements_of_row"]


def standing_of_row(iri: str) -> Standing | None:
    """Return the standing of a finding that is a row of the lists of the release in use; None for anything else."""
    from ecp_graph.overlap.rows import REMARK

    lists = site().lists
    row = lists.row(iri) if lists else None
    if row is None:
        return None
    standing = standing_of(_engine(row), iri)
    return replace(standing, remark=REMARK) if standing else None


def engine_of(standing: Standing) -> Engine:
    """Return what is to be asked about a thing: the engine of the site, or one that knows the row that the thing is."""
    lists = site().lists
    row = lists.row(standing.iri) if lists and standing.remark else None
    return _engine(row) if row else site().engine


def statements_of_row(standing: Standing, most_rows: int) -> Panel:
    """Return the first statements about a row, as the query ``thing-statements`` gives them of a node."""
    catalogue, engine = site().catalogue, engine_of(standing)
    assert catalogue is not None  # noqa: S101 - pages are registered with a catalogue only
    query, given = catalogue["thing-statements"], {"thing": standing.iri}
    bound = bind(query, given, engine)
    found = ask_table(engine, bound)
    first = Table(found.columns, found.rows[:most_rows])
    return Panel(query, given, bound, first, is_cut=len(found.rows) > most_rows)


def _engine(row: Row) -> Engine:
    """Return the engine over a row, kept until another row is asked for: a crawler wants all forms of a document."""
    from ecp_graph.overlap.rows import engine_of

    here = site()
    latest: dict[str, Engine] = here.keep("the row asked for last", dict)
    found = latest.get(row.iri)
    if found is None:
        found = engine_of(row, here.engine, timeout_s=here.settings.timeout)
        latest.clear()
        latest[row.iri] = found
    return found
