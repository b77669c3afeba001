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


def sent(service: Mock, case: Any, operation: OperationPlan) -> tuple[Any, requests.Response]:
    """The response to a case of schemathesis, with credentials."""
    extra = credentials(operation)
    arguments = case.as_transport_kwargs(base_url="https://mock.invalid", headers=extra["headers"])
    if extra["query"]:
        arguments["params"] = {**(arguments.get("params") or {}), **extra["query"]}
    arguments["cookies"] = {**(arguments.get("cookies") or {}), **extra["cookies"]}
    known = ("method", "url", "params", "headers", "cookies", "json", "data", "files")
    request = requests.Request(**{name: arguments[name] for name in known if name in arguments}).prepare()
    path, _, query = request.path_url.partition("?")
    body = request.body.encode() if isinstance(request.body, str) else request.body
    headers = tuple((str(name), _text(value)) for name, value in request.headers.items())
    response = service.handle(
        Request(request.method or "", path, query, headers, body if isinstance(body, bytes) else b"")
    )
    plain = requests.Response()
    plain.status_code = response.status
    plain.headers.update(dict(response.headers))
    plain.raw = HTTPResponse(BytesIO(response.body), headers=dict(response.headers), status=response.status)
    plain._content = response.body
    plain.request = request
    return response, plain


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def for_operation(
    service: Mock, operation: Any, plan: OperationPlan, mode: str, counts: Counter[str], *, refuses: bool
) -> None:
    """Send cases of one operation and check the responses; `refuses`: no negative case may be accepted."""
    chosen = [*_CHECKS, checks.negative_data_rejection] if refuses and mode == "negative" else _CHECKS

    @settings(
        max_examples=8, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
    def run(case: Any) -> None:
        try:
            response, seen = sent(service, case, plan)
        except (requests.RequestException, UnicodeError, ValueError):
            return  # It cannot be sent.
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
        counts["accepted" if response.status < 400 else "refused"] += 1
        if response.status >= 400:
            assert (response.header("x-mock-reason") or "").isascii()
        case.validate_response(seen, checks=chosen)

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

        for_operation(
            # Foreign documents describe `Accept` as a parameter, and forms whose fields have no type on the wire.
            service, operation, plan, mode, counts, refuses=spec in (*SPECS, SHOP),
        )  # fmt: skip
    assert counts["not generated"] <= sum(counts.values()) / 50, counts
