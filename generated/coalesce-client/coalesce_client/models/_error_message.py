"""Models."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .._core._model import Model, Omittable


class ErrorMessage(Model):
    """What went wrong."""

    error_string: Annotated[Omittable[str], Field(alias="errorString")] = None
    """A short description of the error."""

    error_detail: Annotated[Omittable[str], Field(alias="errorDetail")] = None
    """Details of the error."""
