"""Requests that schemathesis generates, valid and not: the response is documented, or marked; valid ones are accepted.

The bodies are judged by schemathesis, which shares no code with the mock.
"""

from __future__ import annotations

import base64
import os
from collections import Counter
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks
from schemathesis.core.control import SkipTest
from schemathesis.core.result import Ok
from urllib3 import HTTPResponse

from speclient.mock import Mock, Request
from speclient.mock.plan import OperationPlan

ROOT = Path(__file__).resolve().parents[2]
SPECS = [ROOT / "specs" / f"{name}.yaml" for name in ("coalesce", "cortex", "etlworks", "mode")]
SHOP = Path(__file__).with_name("shop.yaml")
UNDOCUMENTED = {400, 401, 404, 405, 406, 413, 415, 422}
TOKEN = "the-token"
_CHECKS = [
    getattr(checks, name)
    for name in ("response_schema_conformance", "content_type_conformance", "response_headers_conformance")
]


def documents() -> list[Path]:
    """The four specs, a document with every style of pages, and a sample of the corpus."""
    corpus = os.environ.get("SPECLIENT_CORPUS")
    sample = sorted(Path(corpus).glob("*.json"), key=lambda path: path.stat().st_size)[2:20:3] if corpus else []
    return [*SPECS, SHOP, *sample]


def credentials(operation: OperationPlan) -> dict[str, dict[str, str]]:
    """Places of a request and the credentials that go there."""
    found: dict[str, dict[str, str]] = {"headers": {}, "query": {}, "cookies": {}}
    for scheme in operation.security[0] if operation.security else ():
        if scheme.kind == "bearer":
            found["headers"]["Authorization"] = f"Bearer {TOKEN}"
        elif scheme.kind == "basic":
            found["headers"]["Authorization"] = "Basic " + base64.b64encode(f"a:{TOKEN}".encode()).decode()
        elif scheme.kind == "apiKey":
            place = {"query": "query", "cookie": "cookies"}.get(scheme.place, "headers")
            found[place][scheme.name] = TOKEN
    return found


def sent(service: Mock, case: Any, operation: OperationPlan) -> tuple[Any, httpx2.Response]:
    """The response to a case of schemathesis, with credentials."""
    extra = credentials(operation)
    arguments = case.as_transport_kwargs(base_url="https://mock.invalid", headers=extra["headers"])
    request = httpx2.Request(
        arguments["method"],
        arguments["url"],
        params={**(arguments.get("params") or {}), **extra["query"]} or None,
        headers={name: value for name, value in arguments["headers"].items() if value is not None},
        cookies={**(arguments.get("cookies") or {}), **extra["cookies"]} or None,
        json=arguments.get("json"),
        content=arguments.get("data") if isinstance(arguments.get("data"), (bytes, str)) else None,
    )
    path, _, query = request.url.raw_path.partition(b"?")
    headers = tuple(request.headers.multi_items())
    raw = Request(request.method, path.decode("ascii"), query.decode("ascii"), headers, request.content)
    response = service.handle(raw)
    return response, httpx2.Response(
        response.status, headers=list(response.headers), content=response.body, request=request
    )


def for_operation(service: Mock, operation: Any, plan: OperationPlan, mode: str, counts: Counter[str]) -> None:
    """Send cases of one operation and check the responses."""

    @settings(
        max_examples=8, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
    def run(case: Any) -> None:
        try:
            response, seen = sent(service, case, plan)
        except (httpx2.InvalidURL, UnicodeError, ValueError, TypeError):
            return  # httpx2 does not send it.
        status = str(response.status)
        documented = bool({status, f"{status[0]}XX", "default"} & {answer.status for answer in plan.answers})
        marked = response.header("x-mock-undocumented") is not None
        counts["marked" if marked else "documented"] += 1
        if response.status == 501:
            counts["not generated"] += 1
            return
        assert documented != marked, (plan.key, status)
        assert response.status < 500
        if marked:
            assert response.status in UNDOCUMENTED
            return
        if response.status >= 400:
            assert (response.header("x-mock-reason") or "").isascii()
        case.validate_response(_as_requests(seen), checks=_CHECKS)

    # Any value of some operations is valid, so that there is no negative case.
    with suppress(Unsatisfiable, SkipTest):
        run()


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("spec", documents(), ids=lambda path: path.stem)
def test_every_response_is_documented_or_marked(spec: Path, mode: str) -> None:
    service = Mock(spec, token=TOKEN, size=10)
    schema = schemathesis.openapi.from_path(str(spec))
    schema.config.generation.update(modes=[GenerationMode(mode)], with_security_parameters=False)
    plans = {(each.method, each.path): each for each in service.operations}
    counts: Counter[str] = Counter()
    for found in list(schema.get_all_operations())[:12]:
        if not isinstance(found, Ok):
            continue
        operation = found.ok()
        plan = plans.get((operation.method.upper(), operation.path))
        if plan is None:
            continue

        for_operation(service, operation, plan, mode, counts)
    assert counts["not generated"] <= sum(counts.values()) / 50, counts


def _as_requests(response: httpx2.Response) -> Any:
    plain = requests.Response()
    plain.status_code = response.status_code
    plain.headers.update(dict(response.headers))
    plain.raw = HTTPResponse(BytesIO(response.content), headers=dict(response.headers), status=response.status_code)
    plain._content = response.content
    plain.request = requests.Request(response.request.method, str(response.request.url)).prepare()
    return plain
