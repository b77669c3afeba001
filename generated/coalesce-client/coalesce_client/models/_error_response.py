"""Models."""

from __future__ import annotations

from .._core._model import Model
from ._error_message import ErrorMessage


class ErrorResponse(Model):
    """The body of an error response."""

    error: ErrorMessage
