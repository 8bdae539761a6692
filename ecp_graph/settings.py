"""Settings: each is an environment variable, and many are also command options; see docs/settings.md."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final, TypeVar

from ecp_graph.addresses import is_loopback, normalised
from ecp_graph.errors import SettingError
from ecp_graph.processors import usable_processors

Number = TypeVar("Number", int, float)

__all__ = ["PREFIX", "Settings", "environment_name", "settings_from"]

#: What the environment variable of every setting begins with.
PREFIX: Final = "ECP_GRAPH_"
#: Of a value that does not fit so many characters are shown.
_MOST_SHOWN: Final = 60


def _folder(text: str) -> Path:
    return Path(text).expanduser()


def _number(lowest: float, highest: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        number = _parsed(text, float, "a number")
        if not lowest <= number <= highest:
            raise ValueError(f"it must be between {lowest:g} and {highest:g}")
        return number

    return read


def _integer(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = _parsed(text, int, "a whole number")
        if not lowest <= number <= highest:
            raise ValueError(f"it has to lie between {lowest} and {highest}")
        return number

    return read


def _parsed(text: str, parse: Callable[[str], Number], kind: str) -> Number:
    try:
        return parse(text)
    except ValueError:
        raise ValueError(f"it is {kind}") from None


def _yes_or_no(text: str) -> bool:
    if text.lower() not in {"yes", "no"}:
        raise ValueError("it must be yes or no")
    return text.lower() == "yes"


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(normalised(address) for address in text.split())


def _networks(text: str) -> tuple[str, ...]:
    return tuple(str(ip_network(network)) if "/" in network else str(ip_address(network)) for network in text.split())


def _facts(read: Callable[[str], Any], about: str) -> dict[str, Any]:
    return {"read": read, "about": about}


@dataclass(frozen=True)
class Settings:
    """Every setting with its default; `settings_from` reads the environment."""

    workspace: Path | None = field(
        default=None, metadata=_facts(_folder, "the folder that holds workspace.toml and data/")
    )
    releases: Path | None = field(
        default=None, metadata=_facts(_folder, "the folder that releases are built into and read from")
    )
    sources: Path | None = field(
        default=None, metadata=_facts(_folder, "the folder with copies of the documents that were read")
    )
    cache: Path | None = field(default=None, metadata=_facts(_folder, "the folder in which builds keep parsed files"))
    keep_releases: int = field(
        default=5,
        metadata=_facts(
            _integer(1, 10_000),
            "maximum number of releases on disk, including the current one; a build removes older ones",
        ),
    )
    spark_master: str | None = field(
        default=None, metadata=_facts(str, "the Spark master on which `build --engine spark` infers and finds overlaps")
    )
    endpoint: str | None = field(
        default=None, metadata=_facts(str, "a remote SPARQL endpoint to query instead of the embedded engine")
    )
    host: str = field(default="127.0.0.1", metadata=_facts(str, "the address that `serve` listens on"))
    port: int = field(
        default=8000, metadata=_facts(_integer(0, 65535), "the port that `serve` listens on; 0 chooses a free one")
    )
    timeout: float = field(default=10.0, metadata=_facts(_number(0.1, 86_400), "time limit of a query in seconds"))
    workers: int = field(
        default=2 * usable_processors(),
        metadata=_facts(
            _integer(1, 256),
            "clients' queries that the server evaluates at the same time, each in its own process; one client may use "
            "half of the slots",
        ),
    )
    page_workers: int = field(
        default=usable_processors(),
        metadata=_facts(_integer(1, 256), "the same for the queries of the catalogue, which pages and the API use"),
    )
    queue: int = field(
        default=64,
        metadata=_facts(_integer(0, 10_000), "queries that may wait for a worker; further ones are refused at once"),
    )
    memory_mb: int = field(
        default=512,
        metadata=_facts(_integer(64, 1_000_000), "memory limit of a query in megabytes, in addition to the data"),
    )
    cache_mb: int = field(
        default=64,
        metadata=_facts(_integer(0, 1_000_000), "size of the response cache in megabytes; 0 disables it"),
    )
    budget: float = field(
        default=0.0,
        metadata=_facts(
            _number(0, 86_400),
            "seconds of query time per client (by address) and minute, after which it gets status 429; 0 for no limit",
        ),
    )
    max_query_kb: int = field(
        default=64, metadata=_facts(_integer(1, 1_024), "maximum size of a query sent to the server, in kilobytes")
    )
    max_result_mb: int = field(
        default=50,
        metadata=_facts(_integer(1, 10_000), "maximum size of an answer from a remote endpoint, in megabytes"),
    )
    trusted_proxies: tuple[str, ...] = field(
        default=(),
        metadata=_facts(
            _networks,
            "addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted, separated by "
            "spaces",
        ),
    )
    access_log: bool = field(default=True, metadata=_facts(_yes_or_no, "whether `serve` logs each request to stderr"))
    service: tuple[str, ...] = field(
        default=(),
        metadata=_facts(_addresses, "public SPARQL endpoints that SERVICE may call, separated by spaces"),
    )
    service_private: tuple[str, ...] = field(
        default=(), metadata=_facts(_addresses, "the same for endpoints that may be in a private network")
    )
    service_rows: int = field(
        default=10_000, metadata=_facts(_integer(1, 1_000_000), "maximum number of rows from a SERVICE clause")
    )
    page_rows: int = field(
        default=500,
        metadata=_facts(_integer(1, 100_000), "maximum number of rows on a result page; downloads have all rows"),
    )

    @property
    def is_local(self) -> bool:
        """Whether a server is for this machine alone: it listens on the loopback interface and behind no proxy."""
        return is_loopback(self.host) and not self.trusted_proxies

    @property
    def calls_services(self) -> bool:
        """Whether there is an endpoint that SERVICE may ask."""
        return bool(self.service or self.service_private)


def environment_name(setting: str) -> str:
    """Return the environment variable of a setting: ``ECP_GRAPH_PORT`` for ``port``."""
    return PREFIX + setting.upper()


def settings_from(environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Return the settings of an environment (default: the process's own), with what is given put above them.

    A given None counts as not given, an empty variable as not set. Raises SettingError for a value that does
    not fit; it names the variable.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        name = environment_name(setting.name)
        if text := environment.get(name, "").strip():
            try:
                values[setting.name] = setting.metadata["read"](text)
            except ValueError as reason:
                shown = text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"
                raise SettingError(name, f"'{shown}' is not valid ({reason}).") from reason
    return replace(Settings(**values), **{name: value for name, value in given.items() if value is not None})
