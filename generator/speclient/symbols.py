"""The public symbols of a package that belong to a part of its document."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from speclient.config import Settings
from speclient.diagnostics import Sink
from speclient.document import Document
from speclient.naming import Names, choose_names, read_name_lock
from speclient.pages.compare import Comparison
from speclient.pages.facts import Subject
from speclient.pipeline import build, load_document
from speclient.publish.lock import read_lock
from speclient.publish.packages import package_of


@dataclass(frozen=True)
class Symbols:
    """The symbols of the package of a document."""

    document: Document
    names: Names

    @cached_property
    def _comparison(self) -> Comparison:
        return Comparison(self.document)

    def of(self, subject: Subject) -> tuple[str, ...]:
        """The symbols that a subject of a docs page belongs to: `client.runs.list(limit=)`, `Run.state`."""
        found: list[str] = []
        operation = self._comparison.operation(subject.operation) if subject.operation else None
        own = self.names.operations.get(operation) if operation is not None else None
        if own is not None:
            call = f"client.{own.group}.{own.method}"
            place, _, name = subject.part.partition(" ")
            argument = own.arguments.get((place, name))
            found.append(f"{call}({argument}=)" if argument is not None else call)
        if subject.field:
            for statement in self._comparison.candidates(subject):
                fields = self.names.fields.get(statement.owner.id, {})
                attribute = fields.get(subject.field[-1])
                if statement.fact.kind == "field" and attribute is not None:
                    found.append(f"{self.names.classes[statement.owner.id]}.{attribute}")
        return tuple(dict.fromkeys(found))


def symbols_of(spec: Path, settings: Settings) -> Symbols:
    """The symbols of the package that a document generates, with the names that its lock keeps.

    Raises:
        FatalError: the document cannot be read.
    """
    document = load_document(spec, settings, Sink())
    api = build(document, settings, Sink())
    folder = package_of(spec, Path(settings.output))
    lock = read_lock(folder) if folder is not None else None
    memory = read_name_lock(lock.names if lock is not None else None)
    return Symbols(document, choose_names(api, Sink(), package=settings.package, memory=memory))
