"""Errors of the package; each is a sentence that says what failed, where, and what to do.

The tree::

    EcpGraphError                 exit code 2 unless a subclass says otherwise
    ├── WorkspaceError            a folder is not a workspace, or lacks a part
    ├── InputSyntaxError          a file is not the RDF, SPARQL or YAML that its name promises (path, line)
    ├── InconsistentData          the data contradict the ontology (exit code 1)
    ├── PublishError              the static twin cannot be written where it should be
    ├── ReleaseError              there is no release, or one is damaged
    ├── QueryError                a SPARQL query is malformed (line, column)
    │   ├── QueryTooComplex       a query is nested deeper, or has more patterns, than the server plans
    │   ├── FunctionUnknown       a query calls a function that the engine does not have
    │   ├── ServiceRefused        a query wants to call another endpoint
    │   └── UpdateRefused         the text is an update, and a release is read-only
    ├── UnknownQuery              the catalogue has no query of that name
    ├── ParameterError            a value does not fit its parameter
    ├── FormatUnfit               an answer holds what the format asked for cannot carry
    ├── QueryTimeout              a query was stopped at its time limit
    ├── EngineBusy                all query slots are in use
    ├── ServerStopping            the server was told to stop while a query ran
    ├── OverBudget                a client has used its share of query time
    ├── ClientGone                nobody waits for the answer any more
    ├── WorkerLost                a query's worker died, most often for want of memory
    ├── ResultTooLarge            an answer grew past the size that the server allows
    ├── ServiceUnusable           an endpoint of a SERVICE clause answered with what cannot be joined here
    ├── EndpointError             a remote endpoint failed to answer (endpoint, status)
    │   └── EndpointTimeout       … within the time limit; a QueryTimeout as well
    ├── SettingError              an environment variable has a value that does not fit
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
    "FormatUnfit",
    "FunctionUnknown",
    "InconsistentData",
    "InputSyntaxError",
    "MissingExtra",
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
    "UnknownQuery",
    "UpdateRefused",
    "WorkerLost",
    "WorkspaceError",
]


class EcpGraphError(Exception):
    """Base of every error that the package raises on purpose."""

    exit_code = 2

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the error with its attributes, without calling its constructor again, which takes something else."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[EcpGraphError], arguments: tuple[Any, ...], attributes: dict[str, Any]) -> EcpGraphError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(attributes)
    return error


class WorkspaceError(EcpGraphError):
    """A folder that should be a workspace is not one, or lacks a part."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.path = path


class InputSyntaxError(EcpGraphError):
    """A file cannot be parsed; carries the file and, where the parser tells it, the line."""

    def __init__(self, path: Path, reason: str, line: int | None = None) -> None:
        where = f"{path}:{line}" if line else str(path)
        super().__init__(f"{where}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


class InconsistentData(EcpGraphError):
    """The data contradict the ontology; carries one sentence per contradiction."""

    exit_code = 1

    def __init__(self, contradictions: Sequence[str]) -> None:
        count = len(contradictions)
        noun = "contradiction" if count == 1 else "contradictions"
        lines = "\n".join(f"  - {sentence}" for sentence in contradictions)
        super().__init__(f"The data contradict the ontology ({count} {noun}); mend the statements named:\n{lines}")
        self.contradictions = tuple(contradictions)


class PublishError(EcpGraphError):
    """The static twin of the site cannot be written into the folder that was named."""


class ReleaseError(EcpGraphError):
    """There is no release to read, or the one found is damaged."""


class QueryError(EcpGraphError):
    """A SPARQL query is malformed; carries line and column, counted from 1, where they are known."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QueryTooComplex(QueryError):
    """A query is nested deeper, or has more patterns or values, than the server plans; no engine bounds that itself."""


class FunctionUnknown(QueryError):
    """A well-formed query calls a function, by its IRI, that the engine does not have."""


class ServiceRefused(QueryError):
    """A query has a SERVICE clause that is not asked; carries its line and column."""

    def __init__(self, line: int, column: int, reason: str | None = None) -> None:
        """Take the reason as a sentence, by default that no clause is asked at all."""
        sentence = reason or (
            "SERVICE is refused, because it would make this machine call another one. "
            "Ask each endpoint by itself and join the answers."
        )
        super().__init__(f"Line {line}, column {column}: {sentence}", line, column)


class UpdateRefused(QueryError):
    """The text is a SPARQL Update; carries the keyword that begins it."""

    def __init__(self, keyword: str) -> None:
        super().__init__(
            f"This is an update ({keyword}), and a release is read-only. Ask with SELECT, ASK, CONSTRUCT or DESCRIBE; "
            "to change the graph, edit the workspace and run `ecp-graph build`."
        )
        self.keyword = keyword


class UnknownQuery(EcpGraphError):
    """The catalogue has no query of the name asked for; carries the nearest names."""

    def __init__(self, name: str, nearest: Sequence[str] = ()) -> None:
        hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
        super().__init__(f"There is no query named '{name}' in the catalogue.{hint} `ecp-graph queries` lists them.")
        self.name = name
        self.nearest = tuple(nearest)


class ParameterError(EcpGraphError):
    """A value given for a query's parameter does not fit it, or a parameter is missing or unknown."""


class FormatUnfit(EcpGraphError):
    """An answer holds something that the format asked for cannot carry; the sentence names formats that can."""


class QueryTimeout(EcpGraphError):
    """A query was stopped at its time limit, given in seconds."""

    def __init__(self, limit_s: float) -> None:
        super().__init__(
            f"The query was stopped at its time limit of {limit_s:g} s; narrow it, add a LIMIT, or raise --timeout."
        )
        self.limit_s = limit_s


class EngineBusy(EcpGraphError):
    """All query slots are in use; ``waited_s`` is how long one was waited for, 0 for a query refused at once."""

    def __init__(self, waited_s: float = 0) -> None:
        in_use = f"no query slot came free within {waited_s:g} s" if waited_s else "all query slots are in use"
        super().__init__(f"The server is busy: {in_use}. Try again in a few seconds.")
        self.waited_s = waited_s


class ServerStopping(EcpGraphError):
    """The server was told to stop while it answered."""

    def __init__(self) -> None:
        super().__init__("The server is stopping, and its queries with it. Try again in a few seconds.")


class OverBudget(EcpGraphError):
    """A client has used its share of query time; carries the seconds until it has some again."""

    def __init__(self, limit_s: float, retry_after_s: float) -> None:
        super().__init__(
            f"Your share of {limit_s:g} s of query time a minute is used up; try again in {retry_after_s:.0f} s."
        )
        self.retry_after_s = retry_after_s


class ClientGone(EcpGraphError):
    """The client hung up before its answer was complete; the query was stopped."""

    def __init__(self) -> None:
        super().__init__("The client hung up; its query was stopped.")


class WorkerLost(EcpGraphError):
    """The worker that evaluated a query died; most often the query needed more memory than one may have."""

    def __init__(self, *, out_of_memory: bool) -> None:
        memory = "needed more memory than a query may have; narrow it, or sort and group less"
        fault = "ended the process that evaluated it, by a fault of the engine; if it does so again, report it"
        super().__init__(f"The query {memory if out_of_memory else fault}.")
        self.out_of_memory = out_of_memory


class ResultTooLarge(EcpGraphError):
    """An answer grew past the size allowed, given in bytes; ``on`` says where, with its verb."""

    def __init__(self, limit_bytes: int, *, on: str = "this server gives out") -> None:
        super().__init__(
            f"The answer is larger than the {limit_bytes / 1_000_000:g} MB that {on}; narrow the query or add a LIMIT."
        )
        self.limit_bytes = limit_bytes


class EndpointError(EcpGraphError):
    """A remote SPARQL endpoint did not answer as it should; carries its address, the reason and the HTTP status."""

    def __init__(self, endpoint: str, reason: str, status: int | None = None) -> None:
        said = f" (HTTP {status})" if status else ""
        super().__init__(f"The endpoint {endpoint} failed{said}: {reason}")
        self.endpoint = endpoint
        self.reason = reason
        self.status = status


class EndpointTimeout(EndpointError, QueryTimeout):
    """A remote endpoint did not answer, or not to the end, within the time limit, given in seconds."""

    def __init__(self, endpoint: str, limit_s: float) -> None:
        self.endpoint = endpoint
        self.reason = f"its answer was not there within {limit_s:g} s."
        self.status = None
        EcpGraphError.__init__(self, f"The endpoint {endpoint} failed: {self.reason}")
        self.limit_s = limit_s


class ServiceUnusable(EcpGraphError):
    """What an endpoint answered to a SERVICE clause cannot be joined here; carries its address and the reason.

    Said even where the clause is SILENT: the endpoint did not fail.
    """

    def __init__(self, endpoint: str, reason: str) -> None:
        super().__init__(f"The answer of SERVICE <{endpoint}> {reason}")
        self.endpoint = endpoint
        self.reason = reason


class SettingError(EcpGraphError):
    """An environment variable or option has a value that does not fit; carries its name."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name


class MissingExtra(EcpGraphError):
    """An optional dependency is not installed; carries the command that installs it."""

    def __init__(self, what: str, install: str) -> None:
        super().__init__(f"{what} is not installed. Install it with: {install}")
        self.install = install
