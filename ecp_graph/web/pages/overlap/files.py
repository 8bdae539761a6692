"""A matrix as a file: a drawing, its numbers as CSV, or a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, url_for

from ecp_graph.overlap.counting import words_of_causes
from ecp_graph.overlap.matrix import Choice
from ecp_graph.overlap.reading import FINDINGS
from ecp_graph.overlap.sheets import cells_headings, cells_table, csv_text, numbers_table
from ecp_graph.sparql.formats import format_named
from ecp_graph.sparql.spreadsheet import MEDIA_TYPE, About, Sheet, workbook_of
from ecp_graph.web.drawings.frame import caption_of, picture_response
from ecp_graph.web.http.downloads import download
from ecp_graph.web.pages.overlap.asked import Sides, joins, matrix_of, plural, query
from ecp_graph.web.pages.overlap.drawing import draw
from ecp_graph.web.pages.overlap.telling import notes_of

__all__ = ["matrix_file", "title_of"]


def matrix_file(sides: Sides, choice: Choice, given: Mapping[str, Any], extension: str) -> Response:
    """Return a matrix as ``svg``, ``csv`` or ``xlsx``; ``given`` is its choice as a query string has it."""
    found, words = matrix_of(sides, choice), words_of_causes(query(FINDINGS))
    corner = f"{sides.rows} \\ {sides.columns}"
    address = url_for("overlap.matrix", pair=sides.path, **given)
    caption = caption_of(title_of(sides, choice), address, notes=notes_of(found))
    name = f"overlap-{sides.path}"
    if extension == "svg":
        drawing = draw(found, words)
        size = drawing.width, drawing.height
        return picture_response("overlap/matrix.svg", name, caption, size, drawing=drawing)
    if extension == "csv":
        body = csv_text(numbers_table(found, corner)).encode()
        return download(body, format_named("csv", "table").content_type, f"{name}.csv")
    numbers, cells = numbers_table(found, corner), cells_table(found)
    sheets = {
        "matrix": Sheet(numbers, {corner: sides.title}),
        "cells": Sheet(cells, cells_headings(found, words, sides.rows, sides.columns)),
    }
    facts = [("How to read it", note) for note in caption.notes] + caption.facts
    about = About(caption.title, facts)
    return download(workbook_of(sheets, about=about), MEDIA_TYPE, f"{name}.xlsx", tag=csv_text(cells).encode())


def title_of(sides: Sides, choice: Choice) -> str:
    """Return what a matrix shows, with its choice: ``Bodies with bodies, grade B or better, on instruments``."""
    parts = [sides.title]
    if choice.weakest:
        is_grade = choice.weakest in joins().grade_ranks
        parts.append(f"grade {choice.weakest} or better" if is_grade else f"tie {choice.weakest} or stronger")
    if choice.kind:
        parts.append(choice.kind)
    if choice.on:
        parts.append(f"on {plural(choice.on)}")
    parts += [plan.name for plan in joins().plans if plan.iri == choice.plan]
    return ", ".join(parts)
