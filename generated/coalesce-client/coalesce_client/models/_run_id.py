"""Models."""

from __future__ import annotations

from typing_extensions import TypeAliasType

RunId = TypeAliasType("RunId", int | str)
"""The number of a run."""
