"""Oddities that only files of text have: separators, encodings, records."""

from __future__ import annotations

from . import oddity_changes as change
from .oddity import PLAIN, SAID, Expected, Oddity

FRENCH = ("N°", "Mesures à prendre", "Organes responsables", "Programme de travail", "Échéance")

ODDITIES_OF_TEXT = (
    Oddity(
        "separated by semicolons, line ends and blank lines in records",
        PLAIN,
        SAID,
        formats=("csv",),
        finish={"csv": change.with_blank_lines},
    ),
    Oddity("separated by tabs", PLAIN, SAID, formats=("csv",), separator="\t"),
    Oddity("separated by bars", PLAIN, SAID, formats=("csv",), separator="|"),
    Oddity(
        "a line that names the separator",
        PLAIN,
        SAID,
        formats=("csv",),
        separator=";",
        finish={"csv": change.byte_order_mark},
    ),
    Oddity("UTF-16", PLAIN, SAID, formats=("csv",), encoding="utf-16"),
    Oddity(
        "the encoding of old Macs",
        (FRENCH, ("1", "Élaborer un guide à l’été", "Secrétariat", "", "été 2031")),
        (Expected("1", "Élaborer un guide à l’été", "", ["Secrétariat"], [], "été 2031"),),
        formats=("csv",),
        encoding="mac_roman",
    ),
    Oddity(
        "a record with too many fields",
        PLAIN,
        SAID,
        formats=("csv",),
        finish={"csv": change.ragged},
        told="wrong columns",
    ),
)
