"""What the tests of features share."""

from __future__ import annotations

from execution.twin import twin

__all__ = ["twin"]
