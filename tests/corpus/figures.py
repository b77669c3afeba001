"""The figures of one document, and of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Row:
    """What became of one document. Figures of stages that did not run are None."""

    document: str
    failure: str | None = None
    counted: int = 0
    """Operations, as `corpus.count` counts them."""
    emitted: int = 0
    degraded: int = 0
    refused: int = 0
    models: int = 0
    seconds: float = 0.0
    reasons: list[str] = field(default_factory=list[str])
    imports: str | None = None
    anys: list[int] | None = None
    """Annotations `Any`: those where the document says no type, those in the generation report, and the others."""
    any_places: list[str] = field(default_factory=list[str])
    examples: list[int] | None = None
    """Examples that are valid, those that are read and dumped to the same JSON, and those that are not valid."""
    differences: list[str] = field(default_factory=list[str])
    types: list[int] | None = None
    """Errors of mypy --strict and of pyright."""
    type_errors: list[str] = field(default_factory=list[str])
    tried: int | None = None
    """Operations whose contract was tried."""
    unfinished: int = 0
    """Checks that were ended because they took too long."""
    findings: dict[str, int] = field(default_factory=dict[str, int])
    finding_texts: list[str] = field(default_factory=list[str])

    @property
    def whole(self) -> bool:
        """Whether each stage that ran found the document without fault."""
        return (
            self.failure is None
            and self.imports == "whole"
            and self.counted == self.emitted + self.degraded + self.refused
            and not (self.anys is not None and self.anys[2])
            and not (self.examples is not None and self.examples[0] != self.examples[1])
            and not any(self.types or ())
        )

    def dump(self) -> dict[str, Any]:
        """As JSON data."""
        return asdict(self)


def column(rows: Sequence[Row], name: str, place: int = 0) -> int | None:
    """The sum of a figure over all documents where its stage ran; None when it ran nowhere."""
    values = [getattr(row, name) for row in rows]
    known = [value[place] if isinstance(value, list) else value for value in values if value is not None]
    return sum(known) if known else None
