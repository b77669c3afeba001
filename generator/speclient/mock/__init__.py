"""A mock service generated from an OpenAPI document, in process."""

from speclient.mock.messages import Headers, Request, Response
from speclient.mock.service import MockService
from speclient.mock.transport import MockTransport, mock

__all__ = ["Headers", "MockService", "MockTransport", "Request", "Response", "mock"]
