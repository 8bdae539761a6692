"""The pages about commands and settings say what the code says."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from ecp_graph.cli import cli
from ecp_graph.errors import SettingError
from ecp_graph.settings import Settings, environment_name, settings_from

_ROOT = Path(__file__).resolve().parents[2]
_TOOL = _ROOT / "tools" / "command_docs.py"


def _check() -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(_TOOL), "--check"], capture_output=True, text=True, cwd=_ROOT, check=False
    )


def test_the_page_of_commands_is_up_to_date() -> None:
    done = _check()
    assert done.returncode == 0, done.stderr
    page = (_ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert cli.commands
    for name in cli.commands:
        assert f"\n## ecp-graph {name}\n" in page


def test_every_command_and_option_has_help() -> None:
    looked_at = 0
    for command in cli.commands.values():
        assert command.help
        for parameter in command.params:
            if parameter.param_type_name == "option":
                looked_at += 1
                assert getattr(parameter, "help", ""), (command.name, parameter.name)
    assert looked_at > 10


def test_every_setting_is_documented() -> None:
    page = (_ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = {cells[1].strip(" `"): cells for line in page.splitlines() if len(cells := line.split("|")) > 4}
    documented = {name for name in rows if name.startswith("ECP_GRAPH_")}
    assert documented == {environment_name(setting.name) for setting in fields(Settings)}
    for setting in fields(Settings):
        cells = rows[environment_name(setting.name)]
        assert setting.metadata["about"].split(";")[0].replace("`", "") in cells[4].replace("`", "")
        if setting.default is not None:
            shown = _shown(setting.name, setting.default)
            assert cells[2].strip(" `") == shown


def test_settings_from_an_environment() -> None:
    settings = settings_from({"ECP_GRAPH_PORT": "9", "ECP_GRAPH_HOST": " ", "ECP_GRAPH_TIMEOUT": "2.5"}, host=None)
    assert (settings.port, settings.host, settings.timeout) == (9, "127.0.0.1", 2.5)
    assert settings_from({"ECP_GRAPH_PORT": "9"}, port=10).port == 10
    listed = settings_from({"ECP_GRAPH_SERVICE": " https://A.test/q\thttp://b.test:80 "})
    assert listed.service == ("https://a.test/q", "http://b.test/")
    assert listed.calls_services
    assert not settings.calls_services


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "x"),
        ("PORT", "70000"),
        ("TIMEOUT", "0"),
        ("TIMEOUT", "nan"),
        ("WORKERS", "0"),
        ("ACCESS_LOG", "maybe"),
        ("SERVICE", "ftp://x/"),
        ("SERVICE_PRIVATE", "https://a:b@x/"),
        ("SERVICE_ROWS", "0"),
    ],
)
def test_a_value_that_does_not_fit(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"ECP_GRAPH_{name}: '{value}' is not valid"):
        settings_from({f"ECP_GRAPH_{name}": value})


def _shown(name: str, default: object) -> str:
    """The default as the page of settings writes it; that of the workers differs from machine to machine."""
    if name in {"workers", "page_workers"}:
        return "twice the number of processors" if name == "workers" else "the number of processors"
    if default == ():
        return "none"
    if isinstance(default, bool):
        return "yes" if default else "no"
    return f"{default:g}" if isinstance(default, float) else str(default)
