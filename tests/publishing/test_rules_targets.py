"""Whatever the redirect rules lead to is in the twin: each rule, for each address that it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from ecp_graph.twin.redirects import redirect_files
from tests.conftest import TWIN_BASE as BASE

PLACES = ("ontology", "shapes", "dataset")
FORMS = ("", ".html", ".ttl", ".jsonld", ".rdf", ".nt", ".trig")
FILES = (".htaccess", "redirects/w3id.htaccess", "redirects/nginx-server.conf", "_redirects")


@pytest.fixture(scope="module")
def addresses(twin: Path) -> list[str]:
    """What clients ask for: the identifiers of the documents, with and without an ending, and what negotiates."""
    pages = {str(path.relative_to(twin).with_suffix("")) for path in twin.rglob("*.ttl")}
    own = sorted(page for page in pages if page.startswith(("doc/", "graph/", "ontology/", "release/")))
    documents = [re.sub("^doc/", "id/", page) for page in own if not page.startswith(("graph/", "release/"))]
    asked = [page + form for page, form in product(documents, FORMS) if page.startswith("id/") or not form]
    versions = [page for page in own if page.count("/") == 1 and page.startswith("release/")]
    return [*PLACES, *asked, *versions, *(page for page in own if page.startswith("graph/"))]


@pytest.mark.parametrize("name", FILES)
def test_every_target_exists(twin: Path, addresses: list[str], name: str) -> None:
    found = led_to(redirect_files(BASE), name, addresses)
    assert len(found) > 1_000
    assert {target for target in found if not (twin / target).is_file()} == set()


@pytest.mark.parametrize("name", FILES)
def test_a_target_that_is_missing_is_noticed(twin: Path, addresses: list[str], name: str) -> None:
    files = {file: text.replace("ttl", "n3") for file, text in redirect_files(BASE).items()}
    found = led_to(files, name, [address for address in addresses if not address.endswith(".ttl")] + ["id/body/ptc.n3"])
    assert [target for target in found if not (twin / target).is_file()]


def led_to(files: Mapping[str, str], name: str, addresses: list[str]) -> set[str]:
    """Return the files that the rules of one file lead to, whatever a client accepts; the first that fits holds."""
    rules = list(_rules(files, name))
    assert rules
    path = urlsplit(BASE).path.strip("/")
    found: set[str] = set()
    for address in addresses:
        for pattern, targets, goes_on in rules:
            if match := re.search(pattern, address):
                places = [unquote(match.expand(target)) for target in targets]
                found.update(place.removeprefix(BASE).strip("/").removeprefix(f"{path}/") for place in places)
                if not goes_on:
                    break
    return found


def _rules(files: Mapping[str, str], name: str) -> Iterator[tuple[str, list[str], bool]]:
    """Yield pattern, targets, and whether the next rules may hold as well, for a path without its first slash."""
    text, path = files[name], urlsplit(BASE).path.rstrip("/")
    if name.endswith(".htaccess"):
        rule = r"^(RewriteCond .+\n)?RewriteRule (\S+) (\S+) \[R=303"
        for condition, pattern, target in re.findall(rule, text, re.MULTILINE):
            yield pattern, [re.sub(r"\$(\d)", r"\\g<\1>", target)], bool(condition)
    elif name == "_redirects":
        for source, target in re.findall(r"^(/\S+) (/\S+) 303$", text, re.MULTILINE):
            pattern = re.escape(source.removeprefix(f"{path}/")).replace(r"\*", "(.+)")
            yield f"^{pattern}$", [target.replace(":splat", r"\g<1>")], False
    else:
        endings = re.findall(r" (\w+);$", files["redirects/nginx-http.conf"], re.MULTILINE)
        for pattern, target in re.findall(r"location ~ (\S+) \{.*return 303 (\S+);", text):
            local = re.sub(r"\(\?<(?!!)", "(?P<", pattern.replace(f"^{path}/", "^"))
            targets = [target.replace("$ecp_graph_ending", ending) for ending in endings]
            yield local, [re.sub(r"\$(\w+)", r"\\g<\1>", one) for one in dict.fromkeys(targets)], False
