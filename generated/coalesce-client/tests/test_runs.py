"""Tests of `client.runs` against a mock of the service."""

from __future__ import annotations

import asyncio

import pytest
from speclient.mock.packages import PackageMock

from coalesce_client import models
from coalesce_client.errors import (
    BadGatewayError,
    BadRequestError,
    FailedStateError,
    ForbiddenError,
    GatewayTimeoutError,
    InternalServerError,
    NotFoundError,
    ServiceUnavailableError,
    StatusError,
    TooManyRequestsError,
    UnauthorizedError,
)


def test_list(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        page = client.runs.list(limit=10).first_page()
        items = list(client.runs.list(limit=10, max_items=10))
    assert items
    assert page is not None
    mock.assert_called("listRuns")


def test_list_async(mock: PackageMock) -> None:
    async def call() -> object:
        async with mock.async_client(policy="strict") as client:
            return [item async for item in client.runs.list(limit=10, max_items=10)]

    assert asyncio.run(call())
    mock.assert_called("listRuns")


def test_list_pages_have_each_item_once(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        items = list(client.runs.list(limit=10))
        pages = list(client.runs.list(limit=10).pages())
    assert items
    assert pages
    assert len({repr(item) for item in items}) == len(items)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequestError),
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (429, TooManyRequestsError),
        (500, InternalServerError),
        (502, BadGatewayError),
        (503, ServiceUnavailableError),
        (504, GatewayTimeoutError),
    ],
)
def test_list_errors(mock: PackageMock, status: int, error: type[StatusError]) -> None:
    mock.on("listRuns").always(status)
    with mock.client(max_retries=0) as client, pytest.raises(error) as caught:
        client.runs.list(limit=10).first_page()
    assert caught.value.status_code == status


def test_list_results(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        result = client.runs.list_results(1)
    assert isinstance(result, models.RunResultsResponse)
    mock.assert_called("listRunResults")


def test_list_results_async(mock: PackageMock) -> None:
    async def call() -> object:
        async with mock.async_client(policy="strict") as client:
            return await client.runs.list_results(1)

    assert isinstance(asyncio.run(call()), models.RunResultsResponse)
    mock.assert_called("listRunResults")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequestError),
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (429, TooManyRequestsError),
        (500, InternalServerError),
        (502, BadGatewayError),
        (503, ServiceUnavailableError),
        (504, GatewayTimeoutError),
    ],
)
def test_list_results_errors(mock: PackageMock, status: int, error: type[StatusError]) -> None:
    mock.on("listRunResults").always(status)
    with mock.client(max_retries=0) as client, pytest.raises(error) as caught:
        client.runs.list_results(1)
    assert caught.value.status_code == status


def test_wait_success(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        mock.lifecycle("listRunResults", ["completed"], id=1)
        assert client.runs.wait(1, first_interval=0) is not None


def test_wait_failure(mock: PackageMock) -> None:
    with mock.client(policy="strict") as client:
        mock.lifecycle("listRunResults", ["failed"], id=1)
        with pytest.raises(FailedStateError):
            client.runs.wait(1, first_interval=0)
