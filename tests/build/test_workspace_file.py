"""workspace.toml: what it says, what is assumed where it is silent, and what it may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecp_graph.errors import InputSyntaxError
from ecp_graph.namespaces import PREFIXES, Names, compact, expand, names, using
from ecp_graph.publisher import PublisherError, check_files
from ecp_graph.workspace import bundled_workspace
from ecp_graph.workspace_file import WorkspaceFile, read_workspace_file

FULL = """\
title = "Plan of the port"
base = "https://port.example/plan/"
language = "pt-BR"

[prefixes]
action = "id/action/"
row = "graph/plan/"
geo = "http://www.opengis.net/ont/geosparql#"

[site]
name = "The port"
logo = "logo.svg"
contact = "mailto:plan@port.example"
licence = "https://creativecommons.org/licenses/by/4.0/"
notice = "A draft."
about = "about.md"

[sources]
publish = true
licence = "CC BY 4.0"

[times]
hemisphere = "south"
first_month = 7

[publish]
base_url = "https://port.example/"

[build]
spark = "local[2]"
"""


def _read(folder: Path, text: str) -> WorkspaceFile:
    path = folder / "workspace.toml"
    path.write_text(text, encoding="utf-8")
    return read_workspace_file(path)


def test_everything_that_a_file_may_say(tmp_path: Path) -> None:
    about = _read(tmp_path, FULL)
    assert about.title == "Plan of the port"
    assert about.names == Names(
        "https://port.example/plan/",
        "pt-BR",
        (
            ("action", "https://port.example/plan/id/action/"),
            ("geo", "http://www.opengis.net/ont/geosparql#"),
            ("row", "https://port.example/plan/graph/plan/"),
        ),
    )
    assert about.site["notice"] == "A draft."
    port = about.publisher
    assert (port.name, port.contact_text, port.contact_address) == (
        "The port",
        "plan@port.example",
        "mailto:plan@port.example",
    )
    assert (port.logo, port.logo_type, port.about) == (tmp_path / "logo.svg", "image/svg+xml", tmp_path / "about.md")
    assert port.licence_address == "https://creativecommons.org/licenses/by/4.0/"
    assert about.sources == {"publish": True, "licence": "CC BY 4.0"}
    assert about.times == {"hemisphere": "south", "first_month": 7}
    assert about.publish == {"base_url": "https://port.example/"}
    assert about.build == {"spark": "local[2]"}


@pytest.mark.parametrize(
    ("text", "title", "base"),
    [
        ("", "harbour-2030", "urn:ecp-graph:harbour-2030:"),
        ('title = "Plan: Port & Sea"', "Plan: Port & Sea", "urn:ecp-graph:plan-port-sea:"),
        ('title = "計画"', "計画", "urn:ecp-graph:workspace:"),
    ],
)
def test_what_is_assumed(tmp_path: Path, text: str, title: str, base: str) -> None:
    folder = tmp_path / "harbour-2030"
    folder.mkdir()
    about = _read(folder, text)
    assert (about.title, about.names) == (title, Names(base, "en"))


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ('title = "x"\nbasis = "y"', 2, "there is no key 'basis'; the keys are title, base, language, the tables"),
        ("[site]\nname = 'x'\n\ncolour = 'red'", 4, "[site] has no key 'colour'; its keys are name, logo, contact"),
        ("[colours]\nred = 1", 1, "there is no key 'colours'"),
        ("title = 5", 1, "the value of 'title' has to be a text."),
        ("[sources]\npublish = 'yes'", 2, "the value of 'publish' has to be true or false."),
        ("[times]\nfirst_month = true", 2, "the value of 'first_month' has to be a whole number."),
        ('[times]\nhemisphere = "nord"', 2, "'hemisphere' is 'nord', but must be one of north, south."),
        (
            "[times]\nfirst_month = 13",
            2,
            "'first_month' is 13, but must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.",
        ),
        ("[site]\nname = ' '", 2, "'name' is empty; write something, or leave the line out."),
        ("[site]\nnotice = '" + "x" * 501 + "'", 2, "'notice' has 501 characters"),
        ("[site]\ncontact = 'the harbour board'", 2, "'the harbour board' is neither a mail address nor one that"),
        ("[site]\nname = 'x'\nlogo = 'logo.gif'", 3, "'logo.gif' has to end in .svg, .png, .jpg, .webp."),
        ("[site]\nlogo = '../logo.svg'", 2, "'../logo.svg' lies outside the workspace; copy it into"),
        ("[site]\nabout = 'workspace.toml'", 2, "'workspace.toml' has to end in .md."),
        ("site = 'x'", 1, "'site' is a table; write [site]"),
        ("\nbase = 'plan'", 2, "'plan' is not an absolute IRI that ends in '/', '#' or ':'."),
        ("base = 'https://x.example/plan'", 1, "'https://x.example/plan' is not an absolute IRI that ends in"),
        ("language = 'English, please'", 1, "'English, please' is not a language tag"),
        ("[prefixes]\nid = 'other/'", 2, "the prefix 'id' is made of the base; choose another name."),
        ("[prefixes]\necp = 'id/'", 2, "the prefix 'ecp' stands for <https://w3id.org/ecp-graph/ontology#>"),
        ("[prefixes]\n'a b' = 'id/'", 2, "'a b' cannot be a prefix"),
        ("[prefixes]\nx = 'id'", 2, "is not an absolute IRI that ends in"),
        ("[prefixes]\nx = 1", 2, "the value of 'x' has to be a text."),
        ("title = 'x'\nbase = y", 2, "this is not TOML: Invalid value."),
    ],
)
def test_what_it_may_not_say_is_told_with_its_line(tmp_path: Path, text: str, line: int, sentence: str) -> None:
    with pytest.raises(InputSyntaxError) as told:
        _read(tmp_path, text)
    assert str(told.value).startswith(f"{tmp_path / 'workspace.toml'}:{line}: ")
    assert sentence in told.value.reason


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "workspace.toml"
    path.write_bytes(b'title = "\xe9"')
    with pytest.raises(InputSyntaxError, match="it is not UTF-8"):
        read_workspace_file(path)


def test_the_bundled_workspace_has_a_prefix_for_each_type() -> None:
    chosen = bundled_workspace().names
    assert chosen.base == "https://w3id.org/ecp-graph/"
    assert chosen.prefixes["passage"] == chosen.id + "passage/pc0457e1/"
    assert chosen.prefixes["reading"] == chosen.graph + "pc0457e1/"
    below = {name for name, namespace in chosen.prefixes.items() if namespace == f"{chosen.id}{name}/"}
    assert len(below) == 22
    assert list(chosen.prefixes) == sorted(chosen.prefixes)


def test_names_in_use_are_those_of_the_innermost_block() -> None:
    port, sea = (
        Names("urn:ecp-graph:port:"),
        Names("https://sea.example/", "fr", (("row", "https://sea.example/row/"),)),
    )
    with using(port):
        assert compact("urn:ecp-graph:port:id/x") == "id:x"
        with using(sea):
            assert names() is sea
            assert expand("row:1") == "https://sea.example/row/1"
            assert compact("https://sea.example/row/1") == "row:1"
            assert compact("urn:ecp-graph:port:id/x") == "urn:ecp-graph:port:id/x"
        assert expand("row:1") == "row:1"
        assert PREFIXES.items() <= names().prefixes.items()


def test_a_manifest_gives_back_the_names_that_it_was_given() -> None:
    sea = Names("https://sea.example/", "fr", (("row", "https://sea.example/row/"),))
    assert Names.from_json(sea.as_json()) == sea
    with pytest.raises(KeyError):
        Names.from_json({"base": "https://sea.example/"})


def test_the_files_that_the_site_shows_have_to_be_there_and_small(tmp_path: Path) -> None:
    publisher = _read(tmp_path, "[site]\nlogo = 'logo.png'\nabout = 'about.md'").publisher
    with pytest.raises(PublisherError, match=r"there is no file .*logo.png, which \[site\] names as 'logo'"):
        check_files(publisher)
    (tmp_path / "logo.png").write_bytes(bytes(200_001))
    with pytest.raises(PublisherError, match="is larger than 200 kB; make it smaller"):
        check_files(publisher)
    (tmp_path / "logo.png").write_bytes(bytes(200_000))
    (tmp_path / "about.md").write_text("The port.", encoding="utf-8")
    check_files(publisher)


def test_a_contact_can_be_mail_or_a_page(tmp_path: Path) -> None:
    for contact, address in (("a@b.example", "mailto:a@b.example"), ("https://b.example/x", "https://b.example/x")):
        assert _read(tmp_path, f"[site]\ncontact = '{contact}'").publisher.contact_address == address
    assert _read(tmp_path, "").publisher.name == "ecp-graph"
