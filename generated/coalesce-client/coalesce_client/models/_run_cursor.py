"""Models."""

from __future__ import annotations

from typing_extensions import TypeAliasType

from .._core._datetimes import DateTime
from ._run_id import RunId

RunCursor = TypeAliasType("RunCursor", RunId | DateTime)
"""A run's number, start or end time."""
