"""Models. Each module is loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._error_response import ErrorResponse as ErrorResponse, ErrorType as ErrorType
    from ._query_results import (
        QueryDetails as QueryDetails,
        QueryResultEntity as QueryResultEntity,
        QueryResults as QueryResults,
        QueryStatus as QueryStatus,
    )
    from ._rate_limit_problem import RateLimitProblem as RateLimitProblem

_MODULES: dict[str, str] = {
    "ErrorResponse": "_error_response",
    "ErrorType": "_error_response",
    "QueryDetails": "_query_results",
    "QueryResultEntity": "_query_results",
    "QueryResults": "_query_results",
    "QueryStatus": "_query_results",
    "RateLimitProblem": "_rate_limit_problem",
}


def __getattr__(name: str) -> Any:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(_MODULES)
