"""Models. Each module is loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._error_response import ErrorResponse as ErrorResponse
    from ._query_run_collection import (
        CollectionLinks as CollectionLinks,
        EmbeddedQueryRuns as EmbeddedQueryRuns,
        Link as Link,
        NumericId as NumericId,
        QueryRun as QueryRun,
        QueryRunCollection as QueryRunCollection,
        QueryRunLinks as QueryRunLinks,
        QueryRunState as QueryRunState,
    )

_MODULES: dict[str, str] = {
    "ErrorResponse": "_error_response",
    "CollectionLinks": "_query_run_collection",
    "EmbeddedQueryRuns": "_query_run_collection",
    "Link": "_query_run_collection",
    "NumericId": "_query_run_collection",
    "QueryRun": "_query_run_collection",
    "QueryRunCollection": "_query_run_collection",
    "QueryRunLinks": "_query_run_collection",
    "QueryRunState": "_query_run_collection",
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
