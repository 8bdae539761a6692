"""Who decides: the option ``--by``, and its default."""

from __future__ import annotations

import getpass
import subprocess
from pathlib import Path
from typing import Final

import click

__all__ = ["by_option", "who_decides"]

_GIT_S: Final = 10

by_option = click.option("--by", metavar="WHO", help="Who decides.  [default: git's user.name, else the login name]")


def who_decides(by: str | None, folder: Path) -> str:
    """Return who decides: ``by`` if it is given, else git's user.name in a folder, else the login name.

    Empty where none of them is known; what is to be decided then has to be refused.
    """
    return (by or "").strip() or _git_user(folder) or _login_name()


def _git_user(folder: Path) -> str:
    try:
        found = subprocess.run(
            ["git", "config", "user.name"],  # noqa: S607 - git as the user has it
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=_GIT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip()


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # a user without a name, as in a container
        return ""
