"""Models."""

from __future__ import annotations

from .._core._model import Model


class ErrorResponse(Model):
    """The body of an error response."""

    id: str
    """The kind of the failure, such as `not_found`."""

    message: str
    """What went wrong, for people."""
