"""A mock service made from an OpenAPI document: with state, lifecycles and faults, in process or on a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from speclient.mock import faults as faults
    from speclient.mock.asgi import MockApplication as MockApplication
    from speclient.mock.faults import OK as OK
    from speclient.mock.faults import Fault as Fault
    from speclient.mock.journal import Call as Call
    from speclient.mock.journal import Journal as Journal
    from speclient.mock.lifecycles import ManualClock as ManualClock
    from speclient.mock.messages import Headers as Headers
    from speclient.mock.messages import Request as Request
    from speclient.mock.messages import Response as Response
    from speclient.mock.packages import PackageError as PackageError
    from speclient.mock.packages import PackageMock as PackageMock
    from speclient.mock.recording import RecordingError as RecordingError
    from speclient.mock.recording import RecordingTransport as RecordingTransport
    from speclient.mock.server import serving as serving
    from speclient.mock.service import Mock as Mock
    from speclient.mock.service import UnknownOperation as UnknownOperation
    from speclient.mock.store import StoreError as StoreError
    from speclient.mock.transport import MockTransport as MockTransport
    from speclient.mock.transport import mock as mock

# Loaded on first use: the command line reads the arguments of `speclient mock` from this package at each start.
_HOMES = {
    "MockApplication": "asgi", "OK": "faults", "Fault": "faults", "Call": "journal", "Journal": "journal",
    "ManualClock": "lifecycles", "Headers": "messages", "Request": "messages", "Response": "messages",
    "PackageError": "packages", "PackageMock": "packages", "RecordingError": "recording",
    "RecordingTransport": "recording", "serving": "server", "Mock": "service", "UnknownOperation": "service",
    "StoreError": "store", "MockTransport": "transport", "mock": "transport",
}  # fmt: skip
__all__ = [
    "OK",
    "Call",
    "Fault",
    "Headers",
    "Journal",
    "ManualClock",
    "Mock",
    "MockApplication",
    "MockTransport",
    "PackageError",
    "PackageMock",
    "RecordingError",
    "RecordingTransport",
    "Request",
    "Response",
    "StoreError",
    "UnknownOperation",
    "faults",
    "mock",
    "serving",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "faults":
        return import_module("speclient.mock.faults")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"speclient.mock.{home}"), name)
    return value
