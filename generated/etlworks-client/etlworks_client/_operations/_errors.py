"""The documented errors, for the operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .._core._errors import StatusError


def documented_errors() -> Mapping[int, type[StatusError]]:
    """The exception class of each documented status code; imported on first use."""
    from .. import errors

    return errors.BY_STATUS
