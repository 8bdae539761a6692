"""Files that clients send: in memory while the request is read, and in a folder of their own while they are used."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory
from typing import IO, Final

from flask import Request, request

from ecp_graph.errors import InputSyntaxError
from ecp_graph.web.http.errors import HttpError

__all__ = ["BODY_BYTES", "MOST_BYTES", "UPLOADS", "MemoryRequest", "allow_upload", "uploaded"]

#: How long a file may be.
MOST_BYTES: Final = 10_000_000
#: How long the body of a request with such a file may be: the other fields of the form need some room.
BODY_BYTES: Final = MOST_BYTES + 100_000
#: The paths to which files are sent; bodies for others are short.
UPLOADS: Final = ("/check",)
#: What the name of a copy keeps of that which the client gave the file; the end of it tells the format.
_UNFIT: Final = re.compile(r"[^\w .()+-]|^[.\s]+")
_LONGEST_NAME: Final = 60


class MemoryRequest(Request):
    """A request whose files are kept in memory; Werkzeug writes larger ones to a disk."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()


def allow_upload() -> None:
    """Let the body of this request be as long as a file may be."""
    request.max_content_length = BODY_BYTES


@contextmanager
def uploaded(field: str) -> Iterator[Path]:
    """Yield the path of a copy of the file that a field of the form has; it is removed at the end of the block.

    No other user can read it. An InputSyntaxError about it that is raised within the block is raised again without the
    folder. Raises HttpError where the form has no file, or one that is too long.
    """
    sent = request.files.get(field)
    if sent is None or not sent.filename:
        raise HttpError(400, "no-file", "The form has no file. Choose one.")
    name = PureWindowsPath(PurePosixPath(sent.filename).name).name
    content = sent.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise HttpError(
            413, "file-too-long", f"The file has more than {MOST_BYTES // 1_000_000} MB. Send a part of it."
        )
    with TemporaryDirectory(prefix="ecp-graph-") as folder:
        path = Path(folder) / (_UNFIT.sub("_", name[-_LONGEST_NAME:]) or "file")
        path.write_bytes(content)
        try:
            yield path
        except InputSyntaxError as reason:
            raise HttpError(422, "unreadable-file", str(reason).replace(str(path), path.name)) from None
