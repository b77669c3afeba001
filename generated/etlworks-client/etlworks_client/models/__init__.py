"""Models. Each module is loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._flow_status import (
        FlowExecutionStatus as FlowExecutionStatus,
        FlowStatus as FlowStatus,
        Metrics as Metrics,
        TriggerType as TriggerType,
    )

_MODULES: dict[str, str] = {
    "FlowExecutionStatus": "_flow_status",
    "FlowStatus": "_flow_status",
    "Metrics": "_flow_status",
    "TriggerType": "_flow_status",
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
