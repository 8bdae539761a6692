"""What FAIR practices are asked of: the server, and the static site on a host of files, with its rules and without.

The rules are those of the twin's own ``.htaccess``. They are read here as Apache reads them, so that the table in the
docs does not depend on what is installed; `test_fair.py` asks a real Apache for the same where there is one.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from ecp_graph.twin.names import file_of
from ecp_graph.twin.publish import MARK

__all__ = ["Answer", "Fault", "Faulty", "FileHost", "Host", "RuledHost", "ServerHost"]

_MOST_REDIRECTS: Final = 4
#: What any host of files knows by itself; the others are sent as bytes.
_KNOWN_TYPES: Final = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "xml": "application/xml",
    "gz": "application/gzip",
}


@dataclass(frozen=True)
class Answer:
    """One response."""

    status: int
    headers: Headers
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip()

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


#: What a planted fault makes of the response of a path.
Fault = Callable[[str, Answer], Answer]


class Host(ABC):
    """Where something is published: answers for paths, which are kept."""

    name: str

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Answer] = {}

    def get(self, path: str, accept: str = "") -> Answer:
        """Return the response for a path (with its query), redirects not followed."""
        key = (path, accept)
        if key not in self._kept:
            self._kept[key] = self._ask(path, accept)
        return self._kept[key]

    def follow(self, path: str, accept: str = "") -> Answer:
        """Return the response for a path after all redirects on this host."""
        answer = self.get(path, accept)
        for _ in range(_MOST_REDIRECTS):
            if answer.status not in {301, 302, 303, 307, 308}:
                break
            answer = self.get(urlsplit(answer.headers["Location"]).path, accept)
        return answer

    @abstractmethod
    def page(self, path: str) -> Answer:
        """Return the page of an address, as the links of the site lead to it."""

    @abstractmethod
    def _ask(self, path: str, accept: str) -> Answer: ...


class ServerHost(Host):
    """The server."""

    name = "server"

    def __init__(self, client: FlaskClient) -> None:
        super().__init__()
        self._client = client

    def page(self, path: str) -> Answer:
        return self.get(path, "text/html")

    def _ask(self, path: str, accept: str) -> Answer:
        with closing(self._client.get(path, headers={"Accept": accept} if accept else {})) as response:
            return Answer(response.status_code, response.headers, response.get_data())


class FileHost(Host):
    """The twin on a host that knows nothing but files."""

    name = "files"

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._types = dict(_KNOWN_TYPES)

    def page(self, path: str) -> Answer:
        return self.get("/" + file_of(path), "text/html")

    def _ask(self, path: str, accept: str) -> Answer:
        name = path.partition("?")[0].lstrip("/")
        file = self._folder / (name + "index.html" if not name or name.endswith("/") else name)
        if not file.is_file():
            return Answer(404, Headers({"Content-Type": "text/plain"}), b"not found")
        media_type = self._types.get(file.suffix.lstrip("."), "application/octet-stream")
        return Answer(200, Headers({"Content-Type": media_type}), file.read_bytes())


class RuledHost(FileHost):
    """The twin on a host that reads its ``.htaccess``."""

    name = "rules"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        rules = (folder / ".htaccess").read_text(encoding="utf-8")
        self._types |= {ending: kind for kind, ending in re.findall(r"^AddType (\S+) \.(\w+)$", rules, re.MULTILINE)}
        self._rules = re.findall(
            r"^(?:RewriteCond %\{HTTP_ACCEPT\} (\S+)\n)?RewriteRule (\S+) (\S+) \[R=(\d+)", rules, re.MULTILINE
        )
        self._varies = re.search(r"^Header always set Vary Accept ", rules, re.MULTILINE) is not None
        self._base = urlsplit(json.loads((folder / MARK).read_text())["base_url"]).path.rstrip("/")

    def _ask(self, path: str, accept: str) -> Answer:
        for condition, pattern, target, status in self._rules:
            found = re.search(pattern, path.lstrip("/"))
            if found is None or (condition and not re.search(condition, accept)):
                continue
            address = re.sub(r"\$(\d)", lambda number, found=found: found[int(number[1])], target)  # type: ignore[misc]
            headers = Headers({"Location": address.removeprefix(self._base)})
            if self._varies and status == "303":
                headers["Vary"] = "Accept"
            return Answer(int(status), headers, b"")
        return super()._ask(path, accept)


class Faulty(Host):
    """A host with a planted fault."""

    def __init__(self, host: Host, fault: Fault) -> None:
        super().__init__()
        self.name = host.name
        self._host = host
        self._fault = fault

    def page(self, path: str) -> Answer:
        return self._fault(path, self._host.page(path))

    def _ask(self, path: str, accept: str) -> Answer:
        return self._fault(path, self._host.get(path, accept))
