"""XML as Oxigraph writes it, looked at before it goes out.

Oxigraph puts the characters of a literal into XML as they are. But XML 1.0 has no way to write some of them (section
2.2), not even as references; a reader takes a carriage return for a line feed (section 2.11); and RDF/XML has no way to
write a property whose IRI does not end in an XML name (RDF 1.1 XML Syntax, section 7.2.14).
"""

from __future__ import annotations

import re
from typing import Final, Protocol

from ecp_graph.errors import FormatUnfit
from ecp_graph.sparql.formats import Format, formats_of

__all__ = ["XmlSink", "checked_xml"]

#: U+FFFE and U+FFFF in UTF-8, behind the controls; and the element that Oxigraph makes of a property without a name.
_FAULT: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|<oxprefix:(?=[\s>/])")
_CONTROLS: Final = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})
_OVERLAP_BYTES: Final = 2


class _Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...

    def flush(self) -> None: ...


class XmlSink:
    """Passes XML on to another sink, carriage returns as references; raises FormatUnfit where it is not well-formed."""

    def __init__(self, sink: _Sink, wanted: Format) -> None:
        self._sink = sink
        self._wanted = wanted
        self._tail = b""

    def write(self, data: bytes) -> int:
        """Pass the bytes on; raises FormatUnfit, and passes nothing on, where they hold what XML cannot carry."""
        seen = self._tail + data
        _refuse_fault(seen, self._wanted)
        self._tail = seen[-_OVERLAP_BYTES:]
        self._sink.write(_with_references(data))
        return len(data)

    def flush(self) -> None:
        """Flush the sink behind."""
        self._sink.flush()


def checked_xml(text: bytes, wanted: Format) -> bytes:
    """Return a whole document with its carriage returns as references; raises FormatUnfit where it is not XML."""
    _refuse_fault(text, wanted)
    return _with_references(text)


def _with_references(text: bytes) -> bytes:
    """Return the text with its carriage returns, which only stand in literals, as references."""
    return text.replace(b"\r", b"&#13;") if b"\r" in text else text


def _refuse_fault(text: bytes, wanted: Format) -> None:
    # What almost no text holds is looked for the quickest way; a pattern alone would take longer than the writing.
    is_odd = len(text.translate(None, _CONTROLS)) != len(text) or b"\xef\xbf" in text or b"<oxprefix:" in text
    fault = _FAULT.search(text) if is_odd else None
    if fault is None:
        return
    others = [fmt.name for fmt in formats_of(wanted.kind) if fmt.name != wanted.name]
    if fault.group().startswith(b"<"):
        holds = "has a property whose IRI does not end in a name, which RDF/XML cannot write"
    else:
        holds = f"holds the character U+{ord(fault.group().decode('utf-8')):04X}, which XML cannot carry"
    raise FormatUnfit(f"The answer {holds}. Ask for another format: {', '.join(others[:-1])} or {others[-1]}.")
