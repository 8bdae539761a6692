"""Write docs/commands.md from what the commands say of themselves with --help.

python tools/command_docs.py          writes the file
python tools/command_docs.py --check  exits with 1 when the file is not up to date
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ecp_graph.cli import cli

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"

_HEAD = """\
# Commands

This page is written by `python tools/command_docs.py` from what each command says with `--help`.

stdout carries data and nothing else; messages go to stderr, so `ecp-graph query … > file` is safe.
Exit codes: 0 done, 1 the data do not conform, 2 wrong usage or input that cannot be read.
"""


def page() -> str:
    """Return the text of docs/commands.md."""
    group = click.Context(cli, info_name="ecp-graph", terminal_width=100, **cli.context_settings)
    parts = [_HEAD, _section("ecp-graph", cli.get_help(group))]
    for name in cli.list_commands(group):
        command = cli.get_command(group, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=group, terminal_width=100)
        parts.append(_section(f"ecp-graph {name}", command.get_help(context)))
    return "\n".join(parts)


def _section(title: str, text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return f"## {title}\n\n```text\n{lines}\n```\n"


def main() -> int:
    """Write the page, or compare it; return the exit code."""
    if "--check" in sys.argv[1:]:
        if PAGE.read_text(encoding="utf-8") == page():
            return 0
        print(f"{PAGE.name} is not up to date; run: python tools/command_docs.py", file=sys.stderr)
        return 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
