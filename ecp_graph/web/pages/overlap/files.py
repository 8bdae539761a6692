"""A matrix as a file: a drawing, its numbers as CSV, or a workbook."""

from __future__ import annotations

from flask import Response

from ecp_graph.overlap.matrix import Choice
from ecp_graph.overlap.sheets import cells_table, csv_text, numbers_table
from ecp_graph.sparql.spreadsheet import MEDIA_TYPE, workbook_of
from ecp_graph.web.pages.overlap.asked import Sides, joins, matrix_of, plural
from ecp_graph.web.pages.overlap.drawing import draw
from ecp_graph.web.pages.overlap.telling import note_of

__all__ = ["matrix_file", "title_of"]


def matrix_file(sides: Sides, choice: Choice, extension: str) -> Response:
    """Return a matrix as ``svg``, ``csv`` or ``xlsx``."""
    found = matrix_of(sides, choice)
    corner = f"{sides.rows} \\ {sides.columns}"
    if extension == "svg":
        text = draw(found, title_of(sides, choice), note_of(found))
        return Response(text, headers={"Content-Type": "image/svg+xml; charset=utf-8"})
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
