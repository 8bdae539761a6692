"""The main language of a workspace: the one that its names are in, and that comes first where a thing has several."""

from __future__ import annotations

from ecp_graph.namespaces import names

__all__ = ["main_language", "preference"]


def main_language() -> str:
    """Return the tag of the main language (BCP 47)."""
    return names().language


def preference(tag: str | None) -> int:
    """Return a key by which texts are ordered: the main language and its varieties, no language, other languages.

    A variety has the tag of its language and more behind a hyphen, as ``en-GB`` (RFC 4647, section 3.3.1).
    """
    if not tag:
        return 1
    main = main_language().lower()
    return 0 if tag.lower() == main or tag.lower().startswith(f"{main}-") else 2
