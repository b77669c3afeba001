"""Options are checked when they are given, and errors say what was meant."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import coalesce_client
import httpx2
import mode_client
import pytest
from coalesce_client.async_resources.runs import AsyncRuns
from coalesce_client.resources.runs import Runs

from conftest import ROOT, Made
from execution.twin import Script, Twin, answer

Make = Callable[..., Made]
Twins = Callable[..., Twin]
FINE = answer({"data": []})
WRONG: tuple[tuple[str, Any, str], ...] = (
    ("policy", "lax", "policy: expected 'tolerant' or 'strict', got 'lax'"),
    ("timeout", "5", "timeout: expected seconds as a positive number, an httpx2.Timeout or None, got '5'"),
    ("timeout", 0, "timeout: expected seconds as a positive number"),
    ("timeout", True, "timeout: expected seconds"),
    ("timeout", float("nan"), "timeout: expected seconds"),
    ("deadline", "5", "deadline: expected seconds as a number, or None, got '5'"),
    ("deadline", -1, "deadline: expected seconds"),
    ("deadline", float("inf"), "deadline: expected seconds"),
    ("timeout", httpx2.Timeout(-1.0), "timeout: expected seconds"),
    ("timeout", httpx2.Timeout(5.0, read=float("nan")), "timeout: expected seconds"),
    ("max_retries", -1, "max_retries: expected a non-negative integer, got -1"),
    ("max_retries", 1.5, "max_retries: expected a non-negative integer, got 1.5"),
)


@pytest.mark.parametrize(("name", "value", "message"), WRONG)
def test_values_are_checked(twin: Twins, name: str, value: Any, message: str) -> None:
    with pytest.raises(coalesce_client.RequestError) as caught:
        twin(coalesce_client, "Coalesce", Script(FINE), "t", **{name: value})
    assert str(caught.value).startswith(message)
    service = Script(FINE)
    client = twin(coalesce_client, "Coalesce", service, "t")
    for use in (
        lambda: client.client.with_options(**{name: value}),
        lambda: client.call("runs.list", **{name: value}),
        lambda: client.items("runs.list", **{name: value}),
    ):
        with pytest.raises(coalesce_client.RequestError) as caught:
            use()
        assert str(caught.value).startswith(message)
    assert service.requests == []


def test_values_of_methods_with_pages_and_of_waits_are_checked(twin: Twins) -> None:
    client = twin(coalesce_client, "Coalesce", Script(FINE), "t")
    with pytest.raises(coalesce_client.RequestError, match="max_items: expected"):
        client.items("runs.list", max_items="3")
    with pytest.raises(coalesce_client.RequestError, match="wait_timeout: expected seconds"):
        client.call("runs.wait", "1", wait_timeout="3")


def test_names_that_were_meant(twin: Twins) -> None:
    client = twin(coalesce_client, "Coalesce", Script(FINE), "t")
    for path, wrong, meant in (
        ("runs.list", "limt", "limit"),
        ("runs.list", "runStatus", "run_status"),
        ("runs.list", "max_retrys", "max_retries"),
        ("runs.wait", "wait_timout", "wait_timeout"),
    ):
        arguments = ("1",) if path == "runs.wait" else ()
        with pytest.raises(TypeError, match=f"unexpected keyword argument '{wrong}'. Did you mean '{meant}'\\?"):
            client.call(path, *arguments, **{wrong: 1})
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'timout'. Did you mean 'timeout'\?"):
        twin(coalesce_client, "Coalesce", Script(FINE), "t", timout=1)
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'zzz'$"):
        client.call("runs.list", zzz=1)


def test_missing_credentials_name_those_of_the_operation(make: Make, twin: Twins) -> None:
    with pytest.raises(coalesce_client.MissingCredentialsError) as caught:
        twin(coalesce_client, "Coalesce", Script(FINE)).call("runs.list")
    assert (
        str(caught.value) == "GET /api/v1/runs requires credentials: pass token= (environment variable COALESCE_TOKEN)"
    )
    with pytest.raises(
        mode_client.MissingCredentialsError, match=r"MODE_\w+\) and \w+= \(environment variable MODE_\w+\)$"
    ):
        twin(mode_client, "Mode", Script(FINE)).call("query_runs.list", "a", "b", "c")
    module = make(ROOT / "tests" / "features" / "oauth2" / "openapi.yaml").module
    with pytest.raises(module.MissingCredentialsError) as told:
        twin(module, "Oauth", Script(FINE)).call("api.key")
    assert "OAUTH_QUERY" in str(told.value)
    assert "OAUTH_TOKEN" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("extra_headers", {1: "a"}),
        ("extra_headers", {b"X-A": "a"}),
        ("extra_headers", {"X-A": 1}),
        ("extra_query", {"a": 5}),
        ("extra_query", {"a": None}),
        ("extra_query", {"a": [1]}),
        ("extra_query", {1: "a"}),
        ("extra_query", {"a": "\ud800"}),
    ],
)
def test_extra_headers_and_query_are_text(twin: Twins, name: str, value: Any) -> None:
    service = Script(FINE)
    client = twin(coalesce_client, "Coalesce", service, "t")
    with pytest.raises(coalesce_client.RequestError):
        client.call("runs.list", **{name: value})
    assert not service.requests


@pytest.mark.parametrize("name", ["Host", "host", "HOST"])
def test_the_host_header_can_be_replaced(twin: Twins, name: str) -> None:
    service = Script(FINE)
    client = twin(coalesce_client, "Coalesce", service, "t")
    client.call("runs.list", extra_headers={name: "other.example"})
    assert service.requests[0].headers.get_list("host") == ["other.example"]


def test_extra_query_is_encoded_as_a_form(twin: Twins) -> None:
    service = Script(FINE)
    client = twin(coalesce_client, "Coalesce", service, "t")
    client.call("runs.list", extra_query={"a b": ["c d+&", "é"]})
    assert service.requests[0].url.query == b"a+b=c+d%2B%26&a+b=%C3%A9"


@pytest.mark.parametrize("url", ["https://api.example.com?a=b", "https://api.example.com/v1#x", "https://", "http:///"])
def test_base_urls_that_paths_can_not_be_added_to(twin: Twins, url: str) -> None:
    with pytest.raises(coalesce_client.RequestError, match="base_url"):
        twin(coalesce_client, "Coalesce", Script(FINE), "t", base_url=url)


@pytest.mark.parametrize(
    ("method", "names"),
    [
        (Runs.list, {"max_items", "timeout", "policy"}),
        (Runs.list_results, {"timeout", "policy"}),
        (AsyncRuns.wait, {"timeout", "policy"}),
    ],
)
def test_frequent_options_are_in_the_signature(method: Any, names: set[str]) -> None:
    parameters = inspect.signature(method).parameters
    assert names <= set(parameters)
    assert ("max_items" in parameters) == ("max_items" in names)
