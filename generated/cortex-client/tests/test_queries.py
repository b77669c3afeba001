"""Tests of `client.queries` against a mock of the service."""

from __future__ import annotations

import asyncio

import pytest
from speclient.mock.packages import PackageMock

from cortex_client import models
from cortex_client.errors import (
    FailedStateError,
    ForbiddenError,
    NotFoundError,
    StatusError,
    TooManyRequestsError,
    UnauthorizedError,
)


def test_get_results(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        result = client.queries.get_results("quartz-5999")
    assert isinstance(result, models.QueryResults)
    mock.assert_called("getQueryResults")


def test_get_results_async(mock: PackageMock) -> None:
    async def call() -> object:
        async with mock.async_client(policy="strict") as client:
            return await client.queries.get_results("quartz-5999")

    assert isinstance(asyncio.run(call()), models.QueryResults)
    mock.assert_called("getQueryResults")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (429, TooManyRequestsError),
    ],
)
def test_get_results_errors(mock: PackageMock, status: int, error: type[StatusError]) -> None:
    mock.on("getQueryResults").always(status)
    with mock.client(max_retries=0) as client, pytest.raises(error) as caught:
        client.queries.get_results("quartz-5999")
    assert caught.value.status_code == status


def test_wait_success(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        mock.lifecycle("getQueryResults", ["DONE"], id="quartz-5999")
        assert client.queries.wait("quartz-5999", first_interval=0) is not None


def test_wait_failure(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        mock.lifecycle("getQueryResults", ["FAILURE"], id="quartz-5999")
        with pytest.raises(FailedStateError):
            client.queries.wait("quartz-5999", first_interval=0)
