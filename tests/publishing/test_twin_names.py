"""Every address becomes one safe file, whatever the IRI behind it."""

from __future__ import annotations

import posixpath
from urllib.parse import quote, unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecp_graph.twin.names import file_of, relative

FILES = {
    "/": "index.html",
    "/actions": "actions.html",
    "/doc/action/ecp3-3": "doc/action/ecp3-3.html",
    "/doc/action/ecp3-3.ttl": "doc/action/ecp3-3.ttl",
    "/graph/pc0457e1/para-9": "graph/pc0457e1/para-9.html",
    "/doc/edition/trs-guide-2.1": "doc/edition/trs-guide-2.1.html",
    "/static/style.css": "static/style.css",
    "/.well-known/void": ".well-known/void",
}


@pytest.mark.parametrize("address", FILES)
def test_usual_addresses_keep_their_names(address: str) -> None:
    assert file_of(address) == FILES[address]


@given(st.text(max_size=300))
@example("../../etc/passwd")
@example("..%2f..%2fetc")
@example("con")
@example("\u202egpj.exe")
@example("a" * 300)
@example("\ud800")
def test_no_name_leads_out_of_the_folder(text: str) -> None:
    encoded = quote(text, safe="/%", errors="surrogatepass")
    file = file_of("/doc/" + encoded)
    assert not file.startswith("/")
    for part in file.split("/"):
        assert part
        assert not part.startswith(".")
        assert len(part.encode()) <= 200
        assert part.isascii()
        assert part.isprintable()
        assert not set(part) & set('<>:"|?*\\%')
        assert part.partition(".")[0].lower() not in {"con", "nul", "aux", "prn"}


SLUGS = st.text(st.sampled_from("aAbB.~-_%é/?"), min_size=1, max_size=6)


@given(SLUGS, SLUGS)
def test_two_addresses_never_share_a_file(one: str, other: str) -> None:
    addresses = {text: quote(text, safe="") for text in (one, other)}
    files = {file_of(f"/doc/x/{address}").casefold() for address in addresses.values()}
    assert len(files) == len({unquote(address) for address in addresses.values()})


def test_a_query_string_has_a_file_of_its_own() -> None:
    files = {file_of("/api/queries/overlap-bodies.csv" + query) for query in ("", "?on=topic", "?on=instrument")}
    assert len(files) == 3
    assert all(file.endswith(".csv") for file in files)


def test_links_are_relative_to_the_file() -> None:
    assert relative("doc/body/ptc.html", seen_from="doc/action/ecp3-3.html") == "../body/ptc.html"
    assert relative("index.html", seen_from="queries/overlap-bodies.html") == "../index.html"
    assert relative("actions.html", seen_from="index.html") == "actions.html"
    assert posixpath.normpath("doc/action/../body/ptc.html") == "doc/body/ptc.html"
