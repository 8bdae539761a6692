"""Errors of the package; each is a sentence that says what failed, where, and what to do.

The tree::

    EcpGraphError                 exit code 2 unless a subclass says otherwise
    ├── WorkspaceError            a folder is not a workspace, or is incomplete
    ├── InputSyntaxError          a file is not valid RDF, SPARQL or YAML (path, line)
    ├── ImportRefused             a document or a draft cannot be taken as it is
    ├── InconsistentData          the data contradict the ontology (exit code 1)
    ├── SlowPattern               a pattern of a shape has too many ways to match a text (shape, pattern)
    ├── PublishError              the static site cannot be written to its folder
    ├── ExportError               a folder to export to is not empty, or cannot be written
    ├── ReleaseError              there is no release, or one is damaged
    │   └── NothingPublic         a release has confidential plans, and no part without them
    ├── QueryError                a SPARQL query is malformed (line, column)
    │   ├── QueryTooComplex       a query is nested too deeply, or has too many patterns or values
    │   ├── FunctionUnknown       a query calls a function that the engine does not have
    │   ├── ServiceRefused        a query calls an endpoint that is not allowed
    │   └── UpdateRefused         the text is an update, and a release is read-only
    ├── UnknownQuery              the catalogue has no query of that name
    ├── ParameterError            a value does not fit its parameter
    ├── FormatUnfit               the requested format cannot represent the answer
    ├── QueryTimeout              a query was stopped at its time limit
    ├── EngineBusy                all query slots are in use
    ├── ServerStopping            the server is shutting down
    ├── OverBudget                a client has used up its query time
    ├── ClientGone                the client has disconnected
    ├── WorkerLost                a query's worker process died, usually because it ran out of memory
    ├── ResultTooLarge            an answer exceeds the maximum size
    ├── ServiceUnusable           the answer to a SERVICE clause cannot be joined here
    ├── EndpointError             a remote endpoint failed to answer (endpoint, status)
    │   └── EndpointTimeout       … within the time limit; also a QueryTimeout
    ├── SparkError                Spark cannot be started, or could not go on
    ├── SettingError              an environment variable or option has an invalid value
    └── MissingExtra              an optional dependency is not installed

"The data do not conform" and "no rows" are results, not errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = [
    "ClientGone",
    "EcpGraphError",
    "EndpointError",
    "EndpointTimeout",
    "EngineBusy",
    "ExportError",
    "FormatUnfit",
    "FunctionUnknown",
    "ImportRefused",
    "InconsistentData",
    "InputSyntaxError",
    "MissingExtra",
    "NothingPublic",
    "OverBudget",
    "ParameterError",
    "PublishError",
    "QueryError",
    "QueryTimeout",
    "QueryTooComplex",
    "ReleaseError",
    "ResultTooLarge",
    "ServerStopping",
    "ServiceRefused",
    "ServiceUnusable",
    "SettingError",
    "SlowPattern",
    "SparkError",
    "UnknownQuery",
    "UpdateRefused",
    "WorkerLost",
    "WorkspaceError",
]


class EcpGraphError(Exception):
    """Base of every error that the package raises on purpose."""

    exit_code = 2

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the error with its attributes, bypassing the constructor, which takes other arguments."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[EcpGraphError], arguments: tuple[Any, ...], attributes: dict[str, Any]) -> EcpGraphError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(attributes)
    return error


class WorkspaceError(EcpGraphError):
    """A folder is not a workspace, or is incomplete; carries its path."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.path = path


class InputSyntaxError(EcpGraphError):
    """A file cannot be parsed; carries the path, the reason and, if the parser reports it, the line."""

    def __init__(self, path: Path, reason: str, line: int | None = None) -> None:
        where = f"{path}:{line}" if line else str(path)
        super().__init__(f"{where}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


class ImportRefused(EcpGraphError):
    """A document, a draft or an option of an import cannot be taken; nothing was written."""


class InconsistentData(EcpGraphError):
    """The data contradict the ontology; carries one sentence per contradiction."""

    exit_code = 1

    def __init__(self, contradictions: Sequence[str]) -> None:
        count = len(contradictions)
        noun = "contradiction" if count == 1 else "contradictions"
        lines = "\n".join(f"  - {sentence}" for sentence in contradictions)
        super().__init__(f"The data contradict the ontology ({count} {noun}). Fix these statements:\n{lines}")
        self.contradictions = tuple(contradictions)


class UncoveredAxiom(EcpGraphError):
    """Ontology or data use terms of OWL that the joins do not cover; carries pairs of subject and term.

    ``places`` are the file and the line of each, as far as they are known.
    """

    def __init__(self, found: Sequence[tuple[str, str]], places: Sequence[str] = ()) -> None:
        shown = [f" ({place})" if place else "" for place in places or [""] * len(found)]
        lines = "\n".join(f"  - {subject}: {term}{place}" for (subject, term), place in zip(found, shown, strict=True))
        super().__init__(
            f"The build does not cover these terms of OWL:\n{lines}\nTake them out, or build with --engine reference, "
            "which is slower."
        )
        self.found = tuple(found)


class SlowPattern(EcpGraphError):
    """A pattern of a shape was stopped at a text; carries both and, where it is known, the shape (IRI).

    ``place`` is the file and the line of the shape.
    """

    def __init__(self, pattern: str, text: str, *, shape: str | None = None, place: str | None = None) -> None:
        of_shape = f" of the shape <{shape}>" if shape else ""
        begins = f"{text[:40]}…" if len(text) > 40 else text
        super().__init__(
            f"{f'{place}: t' if place else 'T'}he pattern {pattern}{of_shape} has too many ways to match the text "
            f'"{begins}" and was stopped. Write it so that a text can match in one way only: a+$ instead of (a+)+$.'
        )
        self.pattern = pattern
        self.text = text
        self.shape = shape


class PublishError(EcpGraphError):
    """The static site cannot be written to the given folder."""


class ExportError(EcpGraphError):
    """A folder to export to is not empty, or cannot be written."""


class ReleaseError(EcpGraphError):
    """There is no release to read, or it is damaged."""


class NothingPublic(ReleaseError):
    """Nothing of a release may leave the machine, because the data without its confidential plans do not conform.

    A server tells it to clients, so it does not name the plans.
    """

    def __init__(self, release: str) -> None:
        super().__init__(
            f"Nothing of release {release} can be published: it has confidential plans, and the data without them do "
            "not conform or are empty. `ecp-graph build` lists what refers to them and where. Mend that, build again."
        )


class QueryError(EcpGraphError):
    """A SPARQL query is malformed; carries line and column, counted from 1, if they are known."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QueryTooComplex(QueryError):
    """A query is nested too deeply, or has too many patterns or values; no engine enforces such limits itself."""


class FunctionUnknown(QueryError):
    """A well-formed query calls a function IRI that the engine does not implement."""


class ServiceRefused(QueryError):
    """A query has a SERVICE clause that is refused; carries its line and column."""

    def __init__(self, line: int, column: int, reason: str | None = None) -> None:
        """Take the reason as a sentence; by default, that all SERVICE clauses are refused."""
        sentence = reason or (
            "SERVICE is refused, because it would make this server send requests to another one. "
            "Query each endpoint separately and join the results."
        )
        super().__init__(f"Line {line}, column {column}: {sentence}", line, column)


class UpdateRefused(QueryError):
    """The text is a SPARQL Update; carries the keyword that begins it."""

    def __init__(self, keyword: str) -> None:
        super().__init__(
            f"This is an update ({keyword}), and a release is read-only. Use SELECT, ASK, CONSTRUCT or DESCRIBE; "
            "to change the graph, edit the workspace and run `ecp-graph build`."
        )
        self.keyword = keyword


class UnknownQuery(EcpGraphError):
    """The catalogue has no query with the given name; carries similar names."""

    def __init__(self, name: str, nearest: Sequence[str] = ()) -> None:
        hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
        super().__init__(f"There is no query named '{name}' in the catalogue.{hint} `ecp-graph queries` lists them.")
        self.name = name
        self.nearest = tuple(nearest)


class ParameterError(EcpGraphError):
    """A value is not valid for a query's parameter, or a parameter is missing or unknown."""


class FormatUnfit(EcpGraphError):
    """The requested format cannot represent the answer; the message names formats that can."""


class QueryTimeout(EcpGraphError):
    """A query was stopped at its time limit, which is given in seconds."""

    def __init__(self, limit_s: float) -> None:
        super().__init__(
            f"The query was stopped at its time limit of {limit_s:g} s; narrow it, add a LIMIT, or raise --timeout."
        )
        self.limit_s = limit_s


class EngineBusy(EcpGraphError):
    """All query slots are in use; ``waited_s`` is how long the query waited, 0 if it was refused at once."""

    def __init__(self, waited_s: float = 0) -> None:
        in_use = f"no query slot became free within {waited_s:g} s" if waited_s else "all query slots are in use"
        super().__init__(f"The server is busy: {in_use}. Try again in a few seconds.")
        self.waited_s = waited_s


class ServerStopping(EcpGraphError):
    """The server was told to stop while a query was running."""

    def __init__(self) -> None:
        super().__init__("The server is shutting down. Try again in a few seconds.")


class OverBudget(EcpGraphError):
    """A client has used up its query time; carries the seconds until it may send queries again."""

    def __init__(self, limit_s: float, retry_after_s: float) -> None:
        super().__init__(
            f"You have used up your {limit_s:g} s of query time per minute. Try again in {retry_after_s:.0f} s."
        )
        self.retry_after_s = retry_after_s


class ClientGone(EcpGraphError):
    """The client disconnected before its answer was complete; the query was stopped."""

    def __init__(self) -> None:
        super().__init__("The client disconnected; its query was stopped.")


class WorkerLost(EcpGraphError):
    """The worker process that evaluated a query died, usually because the query exceeded its memory limit."""

    def __init__(self, *, out_of_memory: bool) -> None:
        memory = "exceeded its memory limit. Make it more specific, or sort and group less"
        crash = "crashed the process that evaluated it, which is a bug in the engine. If it happens again, report it"
        super().__init__(f"The query {memory if out_of_memory else crash}.")
        self.out_of_memory = out_of_memory


class ResultTooLarge(EcpGraphError):
    """An answer exceeds its maximum size, which is given in bytes; ``scope`` says what that limit applies to."""

    def __init__(self, limit_bytes: int, *, scope: str = "the limit of this server") -> None:
        megabytes = f"{limit_bytes / 1_000_000:g} MB"
        super().__init__(f"The answer is larger than {megabytes}, {scope}. Narrow the query or add a LIMIT.")
        self.limit_bytes = limit_bytes


class EndpointError(EcpGraphError):
    """A remote SPARQL endpoint failed to answer correctly; carries its address, the reason and the HTTP status."""

    def __init__(self, endpoint: str, reason: str, status: int | None = None) -> None:
        code = f" (HTTP {status})" if status else ""
        super().__init__(f"The endpoint {endpoint} failed{code}: {reason}")
        self.endpoint = endpoint
        self.reason = reason
        self.status = status


class EndpointTimeout(EndpointError, QueryTimeout):
    """A remote endpoint did not answer in full within the time limit, which is given in seconds."""

    def __init__(self, endpoint: str, limit_s: float) -> None:
        self.endpoint = endpoint
        self.reason = f"it did not answer in full within {limit_s:g} s."
        self.status = None
        EcpGraphError.__init__(self, f"The endpoint {endpoint} failed: {self.reason}")
        self.limit_s = limit_s


class ServiceUnusable(EcpGraphError):
    """The answer of an endpoint to a SERVICE clause cannot be joined here; carries its address and the reason.

    Raised even if the clause is SILENT, because the endpoint did not fail.
    """

    def __init__(self, endpoint: str, reason: str) -> None:
        super().__init__(f"The answer from SERVICE <{endpoint}> {reason}")
        self.endpoint = endpoint
        self.reason = reason


class SettingError(EcpGraphError):
    """An environment variable or option has an invalid value; carries its name."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name


class SparkError(EcpGraphError):
    """Spark cannot be started, or could not go on."""


class MissingExtra(EcpGraphError):
    """An optional dependency is not installed; carries the command that installs it."""

    def __init__(self, what: str, install: str) -> None:
        super().__init__(f"{what} is not installed. Install it with: {install}")
        self.install = install
