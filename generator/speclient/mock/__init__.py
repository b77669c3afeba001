"""A mock service made from an OpenAPI document: with state, lifecycles and faults, in process or on a socket."""

from speclient.mock import faults
from speclient.mock.faults import OK, Fault
from speclient.mock.journal import Call, Journal
from speclient.mock.lifecycles import ManualClock
from speclient.mock.messages import Headers, Request, Response
from speclient.mock.service import Mock, UnknownOperation
from speclient.mock.store import StoreError
from speclient.mock.transport import MockTransport, mock

__all__ = [
    "OK",
    "Call",
    "Fault",
    "Headers",
    "Journal",
    "ManualClock",
    "Mock",
    "MockTransport",
    "Request",
    "Response",
    "StoreError",
    "UnknownOperation",
    "faults",
    "mock",
]
