"""Tests of `client.flows` against a mock of the service."""

from __future__ import annotations

import asyncio

import pytest
from speclient.mock.packages import PackageMock

from etlworks_client import models
from etlworks_client.errors import FailedStateError, ForbiddenError, InternalServerError, StatusError, UnauthorizedError


def test_get_status(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        result = client.flows.get_status(1234)
    assert isinstance(result, models.FlowStatus)
    mock.assert_called("getFlowStatus")


def test_get_status_async(mock: PackageMock) -> None:
    async def call() -> object:
        async with mock.async_client(policy="strict") as client:
            return await client.flows.get_status(1234)

    assert isinstance(asyncio.run(call()), models.FlowStatus)
    mock.assert_called("getFlowStatus")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (500, InternalServerError),
    ],
)
def test_get_status_errors(mock: PackageMock, status: int, error: type[StatusError]) -> None:
    mock.on("getFlowStatus").always(status)
    with mock.client(max_retries=0) as client, pytest.raises(error) as caught:
        client.flows.get_status(1234)
    assert caught.value.status_code == status


def test_wait_success(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        mock.lifecycle("getFlowStatus", ["success"], id=1234)
        assert client.flows.wait(1234, first_interval=0) is not None


def test_wait_failure(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        mock.lifecycle("getFlowStatus", ["error"], id=1234)
        with pytest.raises(FailedStateError):
            client.flows.wait(1234, first_interval=0)


def test_get_status_legacy(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        result = client.flows.get_status_legacy(1234)
    assert isinstance(result, models.FlowStatus)
    mock.assert_called("getFlowStatusLegacy")


def test_get_status_legacy_async(mock: PackageMock) -> None:
    async def call() -> object:
        async with mock.async_client(policy="strict") as client:
            return await client.flows.get_status_legacy(1234)

    assert isinstance(asyncio.run(call()), models.FlowStatus)
    mock.assert_called("getFlowStatusLegacy")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (500, InternalServerError),
    ],
)
def test_get_status_legacy_errors(mock: PackageMock, status: int, error: type[StatusError]) -> None:
    mock.on("getFlowStatusLegacy").always(status)
    with mock.client(max_retries=0) as client, pytest.raises(error) as caught:
        client.flows.get_status_legacy(1234)
    assert caught.value.status_code == status
