"""What a client tells of an answer that departs from its schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ._errors import Departure, shown_departures

if TYPE_CHECKING:
    import httpx2


@dataclass(frozen=True, slots=True)
class Report:
    """The departures of one answer from its schema. As text, it holds no value that came."""

    operation: str
    """Method and path template."""
    response: httpx2.Response = field(repr=False)
    departures: Sequence[Departure]

    def __str__(self) -> str:
        return f"{self.operation}: the answer departs from its schema at {shown_departures(self.departures)}"
