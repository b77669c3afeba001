"""Models. Each module is loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._error_message import ErrorMessage as ErrorMessage
    from ._error_response import ErrorResponse as ErrorResponse
    from ._run_cursor import RunCursor as RunCursor
    from ._run_id import RunId as RunId
    from ._run_results_response import (
        NodeResult as NodeResult,
        QueryResult as QueryResult,
        RunOrigin as RunOrigin,
        RunResultsResponse as RunResultsResponse,
    )
    from ._runs_response import (
        DeployRunDetails as DeployRunDetails,
        DetailedDeployRun as DetailedDeployRun,
        DetailedRefreshRun as DetailedRefreshRun,
        DetailedRun as DetailedRun,
        DetailedRuns as DetailedRuns,
        NextCursor as NextCursor,
        RefreshRunDetails as RefreshRunDetails,
        RunOrder as RunOrder,
        RunsResponse as RunsResponse,
        RunStatus as RunStatus,
        RunSummaries as RunSummaries,
        RunSummary as RunSummary,
        RunTimeParameters as RunTimeParameters,
        RunType as RunType,
        RunVersion as RunVersion,
        SnowflakeAuthType as SnowflakeAuthType,
        SortDirection as SortDirection,
        UnknownDetailedRun as UnknownDetailedRun,
        UnknownRunsResponse as UnknownRunsResponse,
        UserCredentials as UserCredentials,
    )

_MODULES: dict[str, str] = {
    "ErrorMessage": "_error_message",
    "ErrorResponse": "_error_response",
    "RunCursor": "_run_cursor",
    "RunId": "_run_id",
    "NodeResult": "_run_results_response",
    "QueryResult": "_run_results_response",
    "RunOrigin": "_run_results_response",
    "RunResultsResponse": "_run_results_response",
    "DeployRunDetails": "_runs_response",
    "DetailedDeployRun": "_runs_response",
    "DetailedRefreshRun": "_runs_response",
    "DetailedRun": "_runs_response",
    "DetailedRuns": "_runs_response",
    "NextCursor": "_runs_response",
    "RefreshRunDetails": "_runs_response",
    "RunOrder": "_runs_response",
    "RunStatus": "_runs_response",
    "RunSummaries": "_runs_response",
    "RunSummary": "_runs_response",
    "RunTimeParameters": "_runs_response",
    "RunType": "_runs_response",
    "RunVersion": "_runs_response",
    "RunsResponse": "_runs_response",
    "SnowflakeAuthType": "_runs_response",
    "SortDirection": "_runs_response",
    "UnknownDetailedRun": "_runs_response",
    "UnknownRunsResponse": "_runs_response",
    "UserCredentials": "_runs_response",
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
