"""The mock of the service: in process, without a socket."""

from __future__ import annotations

import pytest
from speclient.mock.packages import PackageMock


@pytest.fixture
def mock() -> PackageMock:
    """A mock of the service, and clients that call it: `mock.client()`."""
    return PackageMock("coalesce_client")
