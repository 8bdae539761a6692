"""A matrix as a file: a drawing, its numbers as CSV, or a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, url_for

from ecp_graph.overlap.counting import words_of_causes
from ecp_graph.overlap.matrix import Choice
from ecp_graph.overlap.reading import FINDINGS
from ecp_graph.overlap.sheets import cells_table, csv_text, numbers_table
from ecp_graph.sparql.spreadsheet import MEDIA_TYPE, workbook_of
from ecp_graph.web.drawings.frame import caption_of, picture_response
from ecp_graph.web.pages.overlap.asked import Sides, joins, matrix_of, plural, query
from ecp_graph.web.pages.overlap.drawing import draw
from ecp_graph.web.pages.overlap.telling import notes_of

__all__ = ["matrix_file", "title_of"]


def matrix_file(sides: Sides, choice: Choice, given: Mapping[str, Any], extension: str) -> Response:
    """Return a matrix as ``svg``, ``csv`` or ``xlsx``; ``given`` is its choice as a query string has it."""
    found = matrix_of(sides, choice)
    corner = f"{sides.rows} \\ {sides.columns}"
    if extension == "svg":
        drawing = draw(found, words_of_causes(query(FINDINGS)))
        address = url_for("overlap.matrix", pair=sides.path, **given)
        caption = caption_of(title_of(sides, choice), address, notes=notes_of(found))
        size = drawing.width, drawing.height
        return picture_response("overlap/matrix.svg", f"overlap-{sides.path}", caption, size, drawing=drawing)
    headers = {"Content-Disposition": f'attachment; filename="overlap-{sides.path}.{extension}"'}
    if extension == "csv":
        headers["Content-Type"] = "text/csv; charset=utf-8"
        return Response(csv_text(numbers_table(found, corner)), headers=headers)
    book = workbook_of({"matrix": numbers_table(found, corner), "cells": cells_table(found)})
    return Response(book, headers={**headers, "Content-Type": MEDIA_TYPE})


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
