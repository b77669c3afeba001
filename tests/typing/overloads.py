"""What mypy and pyright see of methods with several signatures; ty gives their union. Nothing here runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

if TYPE_CHECKING:
    from coalesce_client import AsyncCoalesce, Coalesce, Response, models


def sync(client: Coalesce) -> None:
    assert_type(client.runs.list().first_page(), models.RunSummaries)
    assert_type(client.runs.list(detail=True, limit=1).first_page(), models.DetailedRuns)
    # Through `raw`, pyright gives the union of the pages, as ty does.
    assert_type(client.raw(client.runs.list, limit=1), Response[models.RunSummaries])  # pyright: ignore
    assert_type(client.raw(client.runs.list, detail=True), Response[models.DetailedRuns])  # pyright: ignore


async def asynchronous(client: AsyncCoalesce) -> None:
    assert_type(await client.runs.list(detail=True).first_page(), models.DetailedRuns)
    assert_type(await client.raw(client.runs.list, detail=True), Response[models.DetailedRuns])  # pyright: ignore


def wrong(client: Coalesce) -> None:
    client.runs.list(run_stats="failed").first_page()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.runs.list_results(1, timeot=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.raw(client.runs.list_results)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    Coalesce("t", max_retrys=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def pages(client: Coalesce, later: AsyncCoalesce) -> None:
    for run in client.runs.list(max_items=3):
        assert_type(run, models.RunSummary)
    for page in client.runs.list(detail=True).pages():
        assert_type(page, models.DetailedRuns)
    async for run in later.runs.list():
        assert_type(run, models.RunSummary)
    async for page in later.runs.list(detail=True).pages():
        assert_type(page, models.DetailedRuns)
    assert_type(await later.runs.wait("1", timeout=60), models.RunResultsResponse)
