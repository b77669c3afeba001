"""What the types of the packages say, written down: mypy and pyright check this file (`make types`), pytest runs it.

`assert_type` fails the check when a type is less precise than it says, and each ignored error must be one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, assert_type

import httpx2

if TYPE_CHECKING:
    import coalesce_client
    import cortex_client
    import etlworks_client
    import mode_client
    from coalesce_client import models


def coalesce(client: coalesce_client.Coalesce) -> None:
    from coalesce_client import NotFoundError, models

    assert_type(client.runs.list().first_page(), models.RunSummaries)
    assert_type(client.runs.list(detail=False, limit=3).first_page(), models.RunSummaries)
    assert_type(client.runs.list(detail=True).first_page(), models.DetailedRuns)
    assert_type(
        client.runs.list(run_status="failed", run_type=models.RunType.DEPLOY).first_page().data, list[models.RunSummary]
    )
    results = client.runs.list_results("12")
    assert_type(results.data[0].query_results[0].rows_inserted, int | None)
    assert_type(results.data[0].query_results[0].start_time, datetime | None)
    try:
        client.runs.list_results(run_id=12)
    except NotFoundError as error:
        assert_type(error.body, models.ErrorResponse | None)
        assert_type(error.retry_after, float | None)


def coalesce_wrong(client: coalesce_client.Coalesce) -> None:
    client.runs.list(run_status="faild").first_page()  # type: ignore[call-overload]  # pyright: ignore
    client.runs.list(5).first_page()  # type: ignore[call-overload]  # pyright: ignore
    client.runs.list_results()  # type: ignore[call-arg]  # pyright: ignore


def variants(run: models.DetailedRun) -> int | None:
    from coalesce_client import models

    if isinstance(run, models.DetailedDeployRun):
        assert_type(run.run_details.deploy_commit, str | None)
        return run.run_details.nodes_in_run
    match run:
        case models.UnknownDetailedRun():
            assert_type(run.raw, dict[str, Any])
        case refresh:
            assert_type(refresh, models.DetailedRefreshRun)
    # Properties of all variants need no narrowing.
    assert_type(run.run_status, models.RunStatus | None)
    return None


def others(mode: mode_client.Mode, cortex: cortex_client.Cortex, etlworks: etlworks_client.Etlworks) -> None:
    from cortex_client import models as cortex_models
    from etlworks_client import models as etlworks_models
    from mode_client import models as mode_models

    assert_type(mode.query_runs.get("a", "r", "x", "q"), mode_models.QueryRun)
    assert_type(mode.query_runs.list(account="a", report="r", run="x"), mode_models.QueryRunCollection)
    assert_type(cortex.queries.get_results("id"), cortex_models.QueryResults)
    assert_type(etlworks.flows.get_status(1, audit_id=2), etlworks_models.FlowStatus)


def _answering(body: dict[str, Any], status: int = 200) -> httpx2.Client:
    reply: Callable[[httpx2.Request], httpx2.Response] = lambda _: httpx2.Response(status, json=body)  # noqa: E731
    return httpx2.Client(transport=httpx2.MockTransport(reply))


def test_the_calls_above_run() -> None:
    import coalesce_client

    detailed = {
        "id": 1, "runType": "deploy", "runTimeParameters": {}, "runDetails": {"deployCommit": "abc", "nodesInRun": 3},
    }  # fmt: skip
    with coalesce_client.Coalesce("t", http_client=_answering({"data": [detailed]})) as client:
        assert variants(client.runs.list(detail=True).first_page().data[0]) == 3
    new = {"data": [{"id": 1, "runType": "rollback", "runStatus": "completed"}]}
    with coalesce_client.Coalesce("t", http_client=_answering(new), on_violation=lambda _: None) as client:
        for run in client.runs.list(detail=True):
            assert variants(run) is None
