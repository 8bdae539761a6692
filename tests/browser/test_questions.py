"""Each question of questions.yaml is answered within three clicks from the first page, and by a command."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from ecp_graph.cli import cli

MOST_CLICKS = 3
QUESTIONS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("questions.yaml").read_text(encoding="utf-8"))
_SEARCH = "search "


def click(page: Any, step: str) -> None:
    """Search for a text, or follow the first link of a name."""
    if step.startswith(_SEARCH):
        field = page.locator('header input[type="search"]')
        field.fill(step.removeprefix(_SEARCH))
        field.press("Enter")
        page.wait_for_url("**/search?**")
    else:
        page.locator("main, header").get_by_role("link", name=step, exact=True).first.click(timeout=5_000)


def answered(page: Any, asked: dict[str, Any]) -> None:
    """Take the clicks of a question and check what the last page has, or the file that the last click gives."""
    steps = asked["clicks"]
    assert len(steps) <= MOST_CLICKS
    if "downloads" in asked:
        for step in steps[:-1]:
            click(page, step)
        link = page.locator("main").get_by_role("link", name=steps[-1], exact=True).first
        file = page.request.get(link.get_attribute("href", timeout=5_000))
        assert file.ok
        assert asked["downloads"].encode() in file.body()[:500]
        return
    for step in steps:
        click(page, step)
    page.wait_for_load_state()
    seen = " ".join(page.locator("main").inner_text().split())
    for text in asked["sees"]:
        assert text in seen, text


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked["question"])
def test_the_site_answers(open_page: Callable[..., Any], asked: dict[str, Any]) -> None:
    answered(open_page("/"), asked)


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked["question"])
def test_a_command_answers(releases: Path, asked: dict[str, Any]) -> None:
    arguments = shlex.split(asked["command"])
    result = CliRunner().invoke(cli, arguments, env={"ECP_GRAPH_RELEASES": str(releases)})
    assert result.exit_code == 0, result.output
    for text in asked["prints"]:
        assert text in result.stdout, text


def test_the_first_screen_answers_what_is_due_double_and_unclear(open_page: Callable[..., Any]) -> None:
    page = open_page("/")  # 1440 × 900
    for heading, item in (("due", "ul.due li"), ("overlap", "ul.meetings li"), ("findings", "ul.sentences li")):
        items = page.locator(f"section:has(> h2#{heading}) {item}")
        assert items.count() >= 4
        last = items.last.bounding_box()
        assert last["y"] + last["height"] < 900, heading


def test_there_are_enough_questions_and_a_wrong_answer_is_noticed(open_page: Callable[..., Any]) -> None:
    assert len({asked["question"] for asked in QUESTIONS}) == len(QUESTIONS) >= 24
    with pytest.raises(AssertionError, match="a text that no page has"):
        answered(open_page("/"), {"clicks": [], "sees": ["a text that no page has"]})
    with pytest.raises(AssertionError):
        answered(open_page("/"), {"clicks": ["Overlap"] * 4, "sees": []})
