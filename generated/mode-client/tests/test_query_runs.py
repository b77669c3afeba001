"""Tests of `client.query_runs` against a mock of the service."""

from __future__ import annotations

import asyncio

import pytest
from speclient.mock.packages import PackageMock

from mode_client import models
from mode_client.errors import (
    FailedStateError,
    ForbiddenError,
    NotFoundError,
    StatusError,
    TooManyRequestsError,
    UnauthorizedError,
)


def test_list(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        result = client.query_runs.list(account="account", report="report", run="run")
    assert isinstance(result, models.QueryRunCollection)
    mock.assert_called("listQueryRuns")


def test_list_async(mock: PackageMock) -> None:
    async def call() -> object:
        async with mock.async_client(policy="strict") as client:
            return await client.query_runs.list(account="account", report="report", run="run")

    assert isinstance(asyncio.run(call()), models.QueryRunCollection)
    mock.assert_called("listQueryRuns")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (429, TooManyRequestsError),
    ],
)
def test_list_errors(mock: PackageMock, status: int, error: type[StatusError]) -> None:
    mock.on("listQueryRuns").always(status)
    with mock.client(max_retries=0) as client, pytest.raises(error) as caught:
        client.query_runs.list(account="account", report="report", run="run")
    assert caught.value.status_code == status


def test_get(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        result = client.query_runs.get(account="account", report="report", run="run", query_run="query-run")
    assert isinstance(result, models.QueryRun)
    mock.assert_called("getQueryRun")


def test_get_async(mock: PackageMock) -> None:
    async def call() -> object:
        async with mock.async_client(policy="strict") as client:
            return await client.query_runs.get(account="account", report="report", run="run", query_run="query-run")

    assert isinstance(asyncio.run(call()), models.QueryRun)
    mock.assert_called("getQueryRun")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (429, TooManyRequestsError),
    ],
)
def test_get_errors(mock: PackageMock, status: int, error: type[StatusError]) -> None:
    mock.on("getQueryRun").always(status)
    with mock.client(max_retries=0) as client, pytest.raises(error) as caught:
        client.query_runs.get(account="account", report="report", run="run", query_run="query-run")
    assert caught.value.status_code == status


def test_wait_success(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        client.query_runs.get(account="account", report="report", run="run", query_run="query-run")
        mock.lifecycle("getQueryRun", ["succeeded"], id="query-run")
        assert (
            client.query_runs.wait(
                account="account", report="report", run="run", query_run="query-run", first_interval=0
            )
            is not None
        )


def test_wait_failure(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        client.query_runs.get(account="account", report="report", run="run", query_run="query-run")
        mock.lifecycle("getQueryRun", ["failed"], id="query-run")
        with pytest.raises(FailedStateError):
            client.query_runs.wait(
                account="account", report="report", run="run", query_run="query-run", first_interval=0
            )
