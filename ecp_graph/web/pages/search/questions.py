"""Questions as hits of a search, with what the text names filled in: ``who works on transit``, ``PTC TFA WG``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import url_for

from ecp_graph.namespaces import compact
from ecp_graph.queries.asking import Asked, Value, asked, content_words, splits
from ecp_graph.queries.catalogue import Query
from ecp_graph.queries.parameters import Parameter
from ecp_graph.queries.resolve import ANYTHING
from ecp_graph.queries.search import fold
from ecp_graph.web.pages import has_page
from ecp_graph.web.pages.optional import is_there
from ecp_graph.web.pages.overlap.asked import cell_of
from ecp_graph.web.pages.search.index import Entry, Hit, Search
from ecp_graph.web.state.site import site

__all__ = ["QUESTION", "entry_of_question", "has_cells", "page_entries", "questions_for"]

QUESTION = "question"
_PAGES: Final = Path(__file__).with_name("pages.yaml")
#: Things of the register that are looked at for one name.
_MOST_NAMED = 40
#: How many of them are offered when none is called so exactly.
_MOST_LIKELY = 3
#: Returns the things that a text may name.
_Namesakes = Callable[[str], Sequence[Entry]]


def entry_of_question(query: Query) -> Entry:
    """Return the entry of a question that is asked without values: it is found by its wordings, too."""
    plain = tuple(wording for wording in query.asked_as if "{" not in wording)
    return Entry(QUESTION, query.summary, url_for("queries.page", name=query.name), others=(query.name, *plain))


def page_entries() -> list[Entry]:
    """Return the entries of the pages of this site that pages.yaml lists."""
    import yaml

    listed = yaml.safe_load(_PAGES.read_text(encoding="utf-8"))
    known = [page for page in listed if is_there(page["view"])]
    return [Entry("page", page["label"], url_for(page["view"]), others=tuple(page["asked_as"])) for page in known]


def questions_for(text: str, index: Search) -> list[Hit]:
    """Return the cell of two things that a text names, and the questions that it may mean; the best first."""
    catalogue = site().catalogue
    queries = catalogue.values() if catalogue is not None else ()
    named = cache(lambda name: _named(name, index))  # the wordings of many questions leave the same words as a name
    fitting = asked(text, queries, lambda parameter, name: _values(parameter, name, named))
    entries = [*_cells(text, named), *map(_entry, fitting)]
    return [Hit(entry, entry.label, "label") for entry in entries]


def _entry(found: Asked) -> Entry:
    given: dict[str, Any] = {name: value.value for name, value in found.values.items()}
    label = found.wording[:1].upper() + found.wording[1:] if given else found.query.summary
    return Entry(QUESTION, label, url_for("queries.page", name=found.query.name, **given))


def _values(parameter: Parameter, text: str, named: _Namesakes) -> list[Value]:
    """Return the things of the parameter's class that a text may name: the one that is called so, else a few.

    Where anything may be the value, only one that is called so: too much else has the words somewhere in its names.
    """
    is_any = parameter.of_class == ANYTHING
    known = {} if is_any else {choice.iri: choice.value for choice in site().choices(parameter)}
    found = [entry for entry in named(text) if is_any or entry.iri in known]
    most = 1 if found and _is_called(found[0], text) else 0 if is_any else _MOST_LIKELY
    return [Value(known.get(entry.iri) or compact(entry.iri), entry.label) for entry in found[:most]]


def _named(text: str, index: Search) -> list[Entry]:
    """Return the things that a text may name, those with a name that is equal first."""
    entries = [hit.entry for hit in index.find(text, most=_MOST_NAMED).hits if hit.entry.iri and not hit.entry.is_made]
    return sorted(entries, key=lambda entry: not _is_called(entry, text))


def _is_called(entry: Entry, text: str) -> bool:
    wanted = fold(text).replace(" ", "")
    return any(fold(name).replace(" ", "") == wanted for _, name in entry.names())


def has_cells() -> bool:
    """Return whether the site has matrices, whose cells two names lead to."""
    return site().catalogue is not None and has_page("overlap.cell")


def _cells(text: str, named: _Namesakes) -> Iterator[Entry]:
    """Yield the cell of a matrix for a text that is two names, one behind the other."""
    if not has_cells():
        return
    for first, second in splits(content_words(text)):
        sides = [[entry for entry in named(name) if _is_called(entry, name)] for name in (first, second)]
        for one in sides[0]:
            for other in sides[1]:
                if one.iri != other.iri and (path := cell_of(one.iri, other.iri)):
                    yield Entry(QUESTION, f"What joins {one.label} and {other.label}?", path)
                    return
