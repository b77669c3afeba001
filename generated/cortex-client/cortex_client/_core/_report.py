"""What a client tells of an answer that departs from its schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ._errors import Departure, Departures

if TYPE_CHECKING:
    import httpx2


@dataclass(frozen=True, slots=True)
class Report:
    """The departures of one answer from its schema. As text, it holds no value that came."""

    operation: str
    """Method and path template."""
    response: httpx2.Response = field(repr=False)
    departures: tuple[Departure, ...]
    """The first hundred."""
    departure_count: int
    """Of all."""

    def __str__(self) -> str:
        shown = Departures(self.departures, self.departure_count)
        return f"{self.operation}: the answer departs from its schema at {shown}"
