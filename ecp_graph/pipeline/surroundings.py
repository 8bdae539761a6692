"""What a workspace holds already when a plan is brought in: what it knows, which IRIs it has, and earlier versions."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ecp_graph.errors import ImportRefused
from ecp_graph.inputs import read_input
from ecp_graph.namespaces import ECP, PREFIXES, compact, expand
from ecp_graph.plans.draft.again import Earlier
from ecp_graph.plans.draft.model import Orphan
from ecp_graph.plans.known.kinds import kinds_of
from ecp_graph.plans.known.things import KnownThing, known_things
from ecp_graph.rdf.load import parse_files
from ecp_graph.workspace import Workspace

__all__ = ["ORPHANED", "PLAN_FILE", "Around", "headed", "is_imported", "orphan_list"]

#: The files of an imported plan, in its folder.
PLAN_FILE: Final = "plan.trig"
ORPHANED: Final = "orphaned.tsv"

_MARK: Final = "brought in by `ecp-graph import`"
_HEAD: Final = re.compile(
    rb"# [^\n]*" + re.escape(_MARK.encode()) + rb"[^\n]*\n(?:# [^\n]*\n)*# [^\n]* ([0-9a-f]{64})\.\n\n"
)
_COLUMNS: Final = ("action", "number", "title")
_LABEL: Final = PREFIXES["skos"] + "prefLabel"


def headed(body: bytes, document: str, sha256: str) -> bytes:
    """Return the file of an imported plan, headed by where it comes from and the hash of its statements."""
    lines = (
        f"# {document}, {_MARK}; SHA-256 of the document {sha256}.",
        "# To change it, import the document again, or edit it here: the next import then asks before it replaces it.",
        f"# SHA-256 of the text below: {hashlib.sha256(body).hexdigest()}.",
    )
    return "\n".join(lines).encode() + b"\n\n" + body


def is_imported(folder: Path) -> bool:
    """Whether the folder of a plan holds what an import wrote."""
    path = folder / PLAN_FILE
    return path.is_file() and bool(_HEAD.match(read_input(path)))


def orphan_list(orphans: Iterable[Orphan]) -> bytes:
    """Return orphaned actions as a table: their IRIs are not given to others, and come back with their rows."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows((orphan.action, orphan.number, orphan.title) for orphan in orphans)
    return stream.getvalue().encode()


@dataclass(frozen=True)
class Around:
    """A workspace as seen by the import of one plan: everything but that plan itself."""

    workspace: Workspace
    slug: str
    _parsed: dict[Path, list[ox.Quad]] = field(default_factory=dict)

    @classmethod
    def of(cls, workspace: Workspace, slug: str) -> Around:
        """Read a workspace for the import of a plan; raises InputSyntaxError for data that cannot be parsed."""
        return cls(workspace, slug, parse_files([(path, None) for path in workspace.data_files]))

    @property
    def folder(self) -> Path:
        """The folder of the plan."""
        return self.workspace.folder("data") / self.slug

    @property
    def plan_file(self) -> Path:
        """The file that an import writes."""
        return self.folder / PLAN_FILE

    @property
    def has_plan(self) -> bool:
        """Whether the plan was brought in before."""
        return self.plan_file.exists()

    @cached_property
    def others(self) -> list[ox.Quad]:
        """The statements of everything but the plan's own file."""
        return [quad for path, quads in self._parsed.items() if path != self.plan_file for quad in quads]

    @cached_property
    def known(self) -> list[KnownThing]:
        """What the workspace knows without the plan."""
        return known_things(self.others)

    @cached_property
    def taken(self) -> frozenset[str]:
        """Every IRI that the other statements have."""
        terms = (term for quad in self.others for term in (quad.subject, quad.object))
        return frozenset(term.value for term in terms if isinstance(term, ox.NamedNode))

    @cached_property
    def own(self) -> frozenset[str]:
        """The bodies, goals and other things that only the plan describes: its next version may describe them again."""
        return frozenset(kinds_of(self._parsed.get(self.plan_file, ()))) - {thing.iri for thing in self.known}

    @cached_property
    def earlier(self) -> list[Earlier]:
        """The actions that the plan has now, in the order of their positions, and those orphaned since."""
        if not self.has_plan:
            return []
        held: dict[str, dict[str, str]] = {}
        for quad in self._parsed.get(self.plan_file, []):
            if isinstance(quad.subject, ox.NamedNode):
                held.setdefault(quad.subject.value, {}).setdefault(
                    quad.predicate.value, getattr(quad.object, "value", "")
                )
        actions = [iri for iri, said in held.items() if said.get(PREFIXES["rdf"] + "type") == ECP + "Action"]
        found = [
            Earlier(iri, held[iri].get(ECP + "numberText", ""), held[iri].get(_LABEL, ""))
            for iri in sorted(actions, key=lambda iri: int(held[iri].get(ECP + "position", 0)))
        ]
        return [*found, *self._orphans()]

    def named_by_others(self, quads: Iterable[ox.Quad]) -> list[str]:
        """Return what other files name and the plan described until now, but no longer would with these statements."""
        before = {quad.subject for quad in self._parsed.get(self.plan_file, ()) if quad.predicate.value == _LABEL}
        now = {quad.subject for quad in chain(quads, self.others) if quad.predicate.value == _LABEL}
        lost = (term.value for term in before - now if isinstance(term, ox.NamedNode))
        return sorted(compact(iri) for iri in lost if iri in self.taken)

    def resolve(self, text: str, kind: str) -> tuple[str, str] | None:
        """Return the IRI and the code of the one thing of a kind that has a code, an IRI, a prefixed name or a name."""
        things = [thing for thing in self.known if thing.kind == kind]
        wanted, iri = text.casefold(), expand(text)
        for is_meant in (
            lambda thing: thing.iri == iri,
            lambda thing: thing.code.casefold() == wanted,
            lambda thing: wanted in {name.casefold() for name, _ in thing.names},
        ):
            found = [thing for thing in things if is_meant(thing)]
            if len(found) == 1:
                return found[0].iri, found[0].code
        return None

    def plan_iri(self, slug: str) -> str:
        """Return the IRI of a plan of the workspace by its slug; raises ImportRefused where there is none."""
        kinds = {f"{ECP}{name}" for name in ("ActionPlan", "Plan", "WorkProgramme", "AnnualWorkPlan", "StrategicPlan")}
        types = (quad for quad in self.others if quad.predicate.value == PREFIXES["rdf"] + "type")
        plans = {quad.subject.value for quad in types if getattr(quad.object, "value", "") in kinds}  # type: ignore[union-attr]
        found = sorted(iri for iri in plans if iri == expand(slug) or iri.rpartition("/")[2] == slug)
        if len(found) != 1:
            known = ", ".join(sorted(iri.rpartition("/")[2] for iri in plans)) or "none"
            raise ImportRefused(f"The workspace has no plan '{slug}' that this one could follow; it has: {known}.")
        return found[0]

    def refuse_foreign_plan(self, *, even_edited: bool = False) -> None:
        """Raise ImportRefused where the plan's folder holds what no import wrote, or what was edited since.

        ``even_edited`` lets what was edited pass.
        """
        if self.folder.is_symlink():
            raise ImportRefused(
                f"{self.folder} is a link, but an import writes only into the workspace. Remove the link."
            )
        if not self.folder.exists():
            return
        if not is_imported(self.folder):
            raise ImportRefused(
                f"{self.folder} has no imported plan: it has no {PLAN_FILE} that an import wrote. "
                "Choose another name with --plan."
            )
        text = read_input(self.plan_file)
        head = _HEAD.match(text)
        is_edited = head and hashlib.sha256(text[head.end() :]).hexdigest().encode() != head[1]
        if is_edited and not even_edited:
            raise ImportRefused(
                f"{self.plan_file} was edited by hand after the import, and these changes would be lost. Move them "
                f"into another file of {self.folder}, or import with --replace."
            )

    def last_until(self, plan: str) -> str:
        """Return until when a plan lasts, as a dateTime; empty where nothing says so."""
        ends = [quad for quad in self.others if quad.predicate.value == ECP + "until"]
        return next(
            (getattr(quad.object, "value", "") for quad in ends if getattr(quad.subject, "value", "") == plan), ""
        )

    def _orphans(self) -> list[Earlier]:
        path = self.folder / ORPHANED
        if not path.exists():
            return []
        rows = csv.reader(io.StringIO(read_input(path).decode()), delimiter="\t")
        return [Earlier(row[0], row[1], row[2]) for row in list(rows)[1:] if len(row) >= len(_COLUMNS)]
