"""Models."""

from __future__ import annotations

from .._core._model import Model


class ErrorResponse(Model):
    """The body of an answer that reports a failure."""

    id: str
    """The kind of the failure, such as `not_found`."""

    message: str
    """What went wrong, for people."""
