"""Names in a cell: where it is split, where it is kept whole, and who leads."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecp_graph.plans.reading.parts import known_names, split


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("PTC and IMSC", ["PTC", "IMSC"]),
        ("WCO Secretariat & PTC", ["WCO Secretariat", "PTC"]),
        ("Ministry of Finance and Ministry of Trade", ["Ministry of Finance", "Ministry of Trade"]),
        ("Ministry of Finance, Customs and PTC", ["Ministry of Finance", "Customs", "PTC"]),
        (
            "Department of Trade, Investment and Innovation, PTC",
            ["Department of Trade, Investment and Innovation", "PTC"],
        ),
        ("Customs and Excise Department", ["Customs and Excise Department"]),
        ("Working Group (Customs, Trade), PTC", ["Working Group (Customs, Trade)", "PTC"]),
        ("Permanent Technical\ncommittee", ["Permanent Technical committee"]),
        ("Committee on\nTrade", ["Committee on Trade"]),
        ("1) Secretariat 2) PTC", ["Secretariat", "PTC"]),
        ("PTC / Secretariat", ["PTC", "Secretariat"]),
        ("PTC/IMSC", ["PTC", "IMSC"]),
        ("duty/tax office", ["duty/tax office"]),
        (
            "Comité du commerce et du développement et Secrétariat",
            ["Comité du commerce et du développement", "Secrétariat"],
        ),
        ("Comité de Comercio y Desarrollo; Secretaría", ["Comité de Comercio y Desarrollo", "Secretaría"]),
        (
            "Ministério da Agricultura e Pecuária e Conselho Nacional",
            ["Ministério da Agricultura e Pecuária", "Conselho Nacional"],
        ),
        ("Bureau of Standards, Metrology, and Quality", ["Bureau of Standards, Metrology, and Quality"]),
        ("World Bank, UNCTAD, and the IMF", ["World Bank", "UNCTAD", "the IMF"]),
        ("PTC as well as IMSC", ["PTC", "IMSC"]),
        ("All Ministries, Departments and Agencies", ["All Ministries, Departments and Agencies"]),
        ("Treasury and Ministry of Finance", ["Treasury", "Ministry of Finance"]),
        (
            "Contraloría General y Secretaría de la Función Pública",
            ["Contraloría General", "Secretaría de la Función Pública"],
        ),
        ("ICMBio e Ministério do Meio Ambiente", ["ICMBio", "Ministério do Meio Ambiente"]),
        ("Scientific Committee/Working Group on Tuna", ["Scientific Committee", "Working Group on Tuna"]),
        ("MoF/MoT", ["MoF", "MoT"]),
        ("Council and/or Commission", ["Council", "Commission"]),
        ("civil society and academia", ["civil society", "academia"]),
        ("Members and Secretariat", ["Members", "Secretariat"]),
        ("  -  ", []),
    ],
)
def test_names_are_split_where_each_side_can_be_one(text: str, names: list[str]) -> None:
    assert [part.text for part in split(text, role="lead").parts] == names


def test_what_cannot_be_told_is_kept_and_doubted() -> None:
    found = split("Customs and Police", role="lead")
    assert [part.text for part in found.parts] == ["Customs and Police"]
    assert "may be two names" in found.doubts[0]
    found = split("Directorate for Taxation and Customs Union", role="lead")
    assert len(found.parts) == 2
    assert "may be one name" in found.doubts[0]
    for text, parts, doubt in (
        ("Department of Finance and Administration", 2, "may be one name"),
        ("Police and Fire Service", 2, "may be one name"),
        ("Permanent Secretary, Ministry of Health", 2, "may be one name"),
        ("Customs, Immigration and Quarantine Services", 2, "may be two names"),
        ("DG/Works Department", 1, "may be two names"),
        ("Ministry of Interior, shires and hamlets", 1, "may be two names"),
        ("Secretariat with UNDP", 1, "may begin at 'with'"),
        ("to be confirmed", 0, "names nobody"),
    ):
        found = split(text, role="lead")
        assert len(found.parts) == parts, text
        assert doubt in found.doubts[0], text
    for text in ("Ministry of Trade and Industry", "Treasury and Ministry of Finance", "Council, Board", "PTC/IMSC"):
        assert split(text, role="lead").doubts == (), text
    known = known_names(["customs and  police"])
    assert split("Customs and Police, PTC", role="lead", known=known).doubts == ()


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("Secretariat, PTC", ["responsible", "responsible"]),
        ("Secretariat, in cooperation with PTC; IMSC", ["responsible", "partner", "partner"]),
        ("PTC, led by the Secretariat", ["responsible", "lead"]),
        ("Lead: PTC; Partners: IMSC, Board", ["lead", "partner", "partner"]),
        ("Secrétariat (chef de file), CTP", ["lead", "responsible"]),
        ("Secretaría con el apoyo de los Miembros", ["responsible", "open"]),
        ("Secretaria em parceria com o CTP e todos os Membros", ["responsible", "partner", "open"]),
        ("Secretaría con el apoyo del Consejo", ["responsible", "partner"]),
        ("Secrétariat avec l’appui des Membres", ["responsible", "open"]),
        ("Council (in consultation with the Board), Commission", ["responsible", "consulted", "responsible"]),
        ("Council (accountable), Board (consulted)", ["lead", "consulted"]),
        ("Conseil (pilote) ; consultés : Commission, Banque", ["lead", "consulted", "consulted"]),
        ("Consejo, en consulta con el Banco", ["responsible", "consulted"]),
        ("Conselho (líder), Banco (consultado)", ["lead", "consulted"]),
        ("Council (with UNDP)", ["responsible", "partner"]),
        ("Council, with UNDP and the Bank", ["responsible", "partner", "partner"]),
        ("Treasury and line ministries", ["responsible", "open"]),
        ("interested Members", ["open"]),
        ("Administrations concerned", ["open"]),
        ("Member States’ administrations and PTC", ["open", "responsible"]),
    ],
)
def test_roles_are_in_the_words_of_the_cell(text: str, roles: list[str]) -> None:
    assert [part.role for part in split(text, role="responsible").parts] == roles


def test_a_column_gives_the_role_where_no_word_does() -> None:
    assert [part.role for part in split("PTC, all Members", role="partner").parts] == ["partner", "open"]
    assert [part.role for part in split("PTC, all Members").parts] == [None, None]
    assert [part.role for part in split("Secretariat, PTC", role="lead").parts] == ["lead", "lead"]
    assert [part.role for part in split("Secretariat (lead), PTC", role="lead").parts] == ["lead", "responsible"]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="AbC ,;/&()\n•-.and", max_size=60))
def test_the_parts_stand_in_the_cell_in_its_order(text: str) -> None:
    at = 0
    line = " ".join(text.split())
    for part in split(text, role="lead").parts:
        at = line.find(part.text, at)
        assert at >= 0
        at += len(part.text)
