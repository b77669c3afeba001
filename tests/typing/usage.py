"""What checkers see of the packages: held by mypy --strict, pyright and ty. Nothing here runs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, assert_type

import httpx2

if TYPE_CHECKING:
    from coalesce_client import (
        AsyncCoalesce,
        AsyncStreamedResponse,
        BadRequestError,
        Coalesce,
        Response,
        SchemaViolation,
        StreamedResponse,
        Token,
        models,
    )
    from mode_client import AsyncMode, AsyncTracing, Mode, Tracing
    from mode_client import models as mode_models


def sync() -> None:
    with Coalesce("token", timeout=5, max_retries=1, policy="strict") as client:
        assert_type(client, Coalesce)
        results = client.runs.list_results(1)
        assert_type(results, models.RunResultsResponse)
        assert_type(client.runs.list_results("1", timeout=3.0, extra_headers={"a": "b"}), models.RunResultsResponse)
        run = client.runs.list(limit=3).first_page().data[0]
        assert_type(run.run_start_time, datetime | None)
        assert_type(run.run_status, models.RunStatus | None)
        assert_type(client.with_options(deadline=3), Coalesce)
        assert_type(client.runs.wait("1", timeout=60), models.RunResultsResponse)


def raw(client: Coalesce) -> None:
    response = client.raw(client.runs.list_results, 1, timeout=3)
    assert_type(response, Response[models.RunResultsResponse])
    assert_type(response.value, models.RunResultsResponse)
    assert_type(response.violations, tuple[SchemaViolation, ...])
    assert_type(response.headers, httpx2.Headers)
    with client.stream(client.runs.list_results, 1) as streamed:
        assert_type(streamed, StreamedResponse[models.RunResultsResponse])
        assert_type(streamed.parse(), models.RunResultsResponse)


async def asynchronous() -> None:
    async with AsyncCoalesce(lambda: Token("a", expires_in=60)) as client:
        assert_type(await client.runs.list_results(1), models.RunResultsResponse)
        response = await client.raw(client.runs.list_results, 1)
        assert_type(response, Response[models.RunResultsResponse])
        async with client.stream(client.runs.list_results, 1) as streamed:
            assert_type(streamed, AsyncStreamedResponse[models.RunResultsResponse])
            assert_type(await streamed.parse(), models.RunResultsResponse)


async def coroutine_function() -> None:
    async def give() -> str:
        return "token"

    AsyncCoalesce(give)


def errors(client: Coalesce) -> None:
    try:
        client.runs.list().first_page()
    except BadRequestError as error:
        assert_type(error.body, models.ErrorResponse | None)
        assert_type(error.retry_after, float | None)
        assert_type(error.status_code, int)
        assert_type(error.request_id, str | None)


def links() -> None:
    client = Mode("token", "secret", middleware=[Tracing()])
    run = client.query_runs.get("a", "b", "c", "d")
    assert_type(client.follow(run.links.self_, client.query_runs.get), mode_models.QueryRun)
    assert_type(client.follow({"href": "/api/x"}, client.query_runs.list), mode_models.QueryRunCollection)
    assert_type(client.follow("/api/x"), Any)  # It may be any operation's result.


async def asynchronous_links() -> None:
    client = AsyncMode("token", "secret", middleware=[AsyncTracing()])
    run = await client.query_runs.get("a", "b", "c", "d")
    assert_type(await client.follow(run.links.self_, client.query_runs.get), mode_models.QueryRun)
