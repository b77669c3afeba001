"""Faults of services, each put into one of the correct services. Their order is the order of the table in docs/."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from .base import Reply, Request, Service

Call = Callable[[Request], Reply]
State = dict[str, Any]
Behaviour = Callable[[Request, Call, State], Reply]


@dataclass(frozen=True)
class Fault:
    """One fault. `kind` is its class; `seeds` are those of the correct service that can show it."""

    name: str
    kind: str
    spec: str
    behave: Behaviour
    seed: int = 0


FAULTS: list[Fault] = []


class FaultyService:
    """The correct service with a fault."""

    def __init__(self, service: Service, fault: Fault | None) -> None:
        self.service, self.fault = service, fault
        self.state: State = {}

    def handle(self, request: Request) -> Reply:
        """The reply to a request."""
        if self.fault is None:
            return self.service.handle(request)
        return self.fault.behave(request, self.service.handle, self.state)


def fault(kind: str, spec: str, seed: int = 0) -> Callable[[Behaviour], Behaviour]:
    """Register a fault."""

    def register(behave: Behaviour) -> Behaviour:
        name = getattr(behave, "__name__", "").replace("_", "-")
        FAULTS.append(Fault(f"{spec}-{name}", kind, spec, behave, seed))
        return behave

    return register


def body_fault(kind: str, spec: str, seed: int = 0) -> Callable[[Callable[[Any], object]], Callable[[Any], object]]:
    """Register a fault that edits the JSON body of each successful reply."""

    def register(edit: Callable[[Any], object]) -> Callable[[Any], object]:
        def behave(request: Request, call: Call, state: State) -> Reply:
            reply = call(request)
            if reply.status == 200:
                body = json.loads(json.dumps(reply.body))
                edit(body)
                return replace(reply, body=body)
            return reply

        FAULTS.append(Fault(f"{spec}-{edit.__name__.replace('_', '-')}", kind, spec, behave, seed))
        return edit

    return register


def _runs(body: Any) -> list[Any]:
    data: list[Any] = body.get("data", [])
    return data if data and "runType" in data[0] else []


def _number(request: Request, name: str) -> int:
    text = request.get(name) or ""
    return int(text) if text.isdigit() else 0


def _query_runs(body: Any) -> list[Any]:
    embedded: Any = body.get("_embedded", {})
    return list(embedded["query_runs"]) if "query_runs" in embedded else [body]


# -- body type ---------------------------------------------------------------------------------------------------


@body_fault("body type", "coalesce")
def environment_as_number(body: Any) -> None:
    for run in _runs(body):
        if "environmentID" in run:
            run["environmentID"] = int(run["environmentID"])


@body_fault("body type", "coalesce")
def rows_as_text(body: Any) -> None:
    for node in body["data"]:
        for query in node.get("queryResults", ()):
            query["rowsInserted"] = str(query["rowsInserted"])


@body_fault("body type", "cortex")
def progress_as_text(body: Any) -> None:
    body["progress"] = f"{body.get('progress', 0)} %"


@body_fault("body type", "etlworks")
def started_as_date_time(body: Any) -> None:
    body["started"] = "2018-07-09T17:52:10Z"


@body_fault("body type", "mode")
def links_as_text(body: Any) -> None:
    for each in _query_runs(body):
        each["_links"]["self"] = each["_links"]["self"]["href"]


# -- missing -----------------------------------------------------------------------------------------------------


@body_fault("missing", "cortex")
def without_query_details(body: Any) -> None:
    del body["queryDetails"]["initiatedAt"]


@body_fault("missing", "coalesce")
def without_query_results(body: Any) -> None:
    for node in body["data"]:
        node.pop("queryResults", None)


@body_fault("missing", "coalesce")
def without_details_of_refreshes(body: Any) -> None:
    for run in _runs(body):
        if run["runType"] == "refresh":
            run.pop("runTimeParameters", None)


@body_fault("missing", "etlworks")
def without_status(body: Any) -> None:
    del body["status"]


@body_fault("missing", "mode")
def without_data_source(body: Any) -> None:
    for each in _query_runs(body):
        del each["data_source_id"]


# -- extra -------------------------------------------------------------------------------------------------------


@body_fault("extra", "coalesce")
def undocumented_property_of_runs(body: Any) -> None:
    for run in _runs(body):
        run["internalShard"] = 7


@body_fault("extra", "cortex")
def undocumented_property_of_results(body: Any) -> None:
    for entity in body.get("result", ()):
        entity["owner"] = "jane"


@body_fault("extra", "etlworks")
def undocumented_top_level_property(body: Any) -> None:
    body["debug"] = {"node": "a"}


# -- enum --------------------------------------------------------------------------------------------------------


@body_fault("enum", "coalesce")
def unknown_run_status(body: Any) -> None:
    for run in _runs(body):
        if run["runStatus"] == "canceled":
            run["runStatus"] = "aborted"


@body_fault("enum", "cortex")
def status_in_lower_case(body: Any) -> None:
    body["status"] = body["status"].lower()


@body_fault("enum", "mode")
def unknown_state(body: Any) -> None:
    for each in _query_runs(body):
        each["state"] = {"failed": "exploded"}.get(each["state"], each["state"])


@body_fault("enum", "etlworks")
def undocumented_word_for_success(body: Any) -> None:
    body["status"] = {"success": "finished"}.get(body["status"], body["status"])


# -- format ------------------------------------------------------------------------------------------------------


@body_fault("format", "coalesce")
def start_without_zone(body: Any) -> None:
    for run in _runs(body):
        run["runStartTime"] = run["runStartTime"].removesuffix("Z")


@body_fault("format", "cortex")
def start_with_space(body: Any) -> None:
    body["queryDetails"]["initiatedAt"] = "2024-03-01 06:05"


@body_fault("format", "etlworks")
def message_without_hyphens(body: Any) -> None:
    body["messageId"] = body["messageId"].replace("-", "")


@body_fault("format", "etlworks")
def audit_number_beyond_64_bits(body: Any) -> None:
    body["auditId"] = 2**70 + int(body["auditId"])


# -- null --------------------------------------------------------------------------------------------------------


@body_fault("null", "coalesce")
def run_type_is_null(body: Any) -> None:
    for run in _runs(body)[3:]:
        run["runType"] = None


@body_fault("null", "cortex")
def result_is_null_until_the_end(body: Any) -> None:
    body.setdefault("result", None)


@body_fault("null", "mode")
def created_at_is_null(body: Any) -> None:
    for each in _query_runs(body):
        if each["state"] == "pending":
            each["created_at"] = None


# -- status ------------------------------------------------------------------------------------------------------


@fault("status", "cortex")
def accepted_while_in_progress(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    running = reply.status == 200 and reply.body["status"] == "IN_PROGRESS"
    return replace(reply, status=202) if running else reply


@fault("status", "coalesce")
def server_error_for_large_pages(request: Request, call: Call, state: State) -> Reply:
    if _number(request, "limit") > 500:
        return Reply(500, {"error": {"errorString": "internal error"}})
    return call(request)


@fault("status", "mode")
def partial_content(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    return replace(reply, status=206) if reply.status == 200 else reply


@fault("status", "etlworks")
def legacy_path_is_gone(request: Request, call: Call, state: State) -> Reply:
    return Reply(410) if request.path.startswith("/plugins/") else call(request)


# -- header ------------------------------------------------------------------------------------------------------


@fault("header", "cortex", 3)
def retry_after_in_words(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    return replace(reply, headers={"retry-after": "soon"}) if reply.status == 429 else reply


@fault("header", "cortex", 3)
def no_retry_after(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    return replace(reply, headers={}) if reply.status == 429 else reply


@fault("header", "mode", 3)
def rate_limit_in_words(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    headers = {**reply.headers, "x-ratelimit-limit": "forty"}
    return replace(reply, headers=headers) if reply.status == 429 else reply


@fault("header", "coalesce", 5)
def retry_after_ten_years(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    return replace(reply, headers={"retry-after": "315360000"}) if reply.status == 429 else reply


# -- content type ------------------------------------------------------------------------------------------------


@fault("content type", "cortex")
def json_as_plain_text(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    return replace(reply, content_type="text/plain") if reply.status == 200 else reply


@fault("content type", "mode")
def login_page(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    return Reply(200, b"<html>Sign in</html>", "text/html") if reply.status == 401 else reply


@fault("content type", "coalesce")
def errors_as_html(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status >= 400 and reply.body is not None:
        return Reply(reply.status, b"<html>Error</html>", "text/html")
    return reply


# -- auth --------------------------------------------------------------------------------------------------------


@fault("auth", "coalesce")
def no_credentials_needed(request: Request, call: Call, state: State) -> Reply:
    if "authorization" not in request.headers:
        headers = {**request.headers, "authorization": "Bearer coalesce-test-token"}
        return call(replace(request, headers=headers))
    return call(request)


@fault("auth", "cortex")
def any_token_will_do(request: Request, call: Call, state: State) -> Reply:
    if request.headers.get("authorization", "").startswith("Bearer "):
        return call(replace(request, headers={**request.headers, "authorization": "Bearer cortex-test-token"}))
    return call(request)


@fault("auth", "etlworks")
def any_scheme_will_do(request: Request, call: Call, state: State) -> Reply:
    if "authorization" in request.headers and not request.headers["authorization"].startswith("Bearer "):
        return call(replace(request, headers={**request.headers, "authorization": "Bearer etlworks-test-token"}))
    return call(request)


@fault("auth", "coalesce")
def no_credentials_needed_for_results(request: Request, call: Call, state: State) -> Reply:
    if request.path.endswith("/results"):
        return call(replace(request, headers={**request.headers, "authorization": "Bearer coalesce-test-token"}))
    return call(request)


@fault("auth", "mode")
def server_error_without_credentials(request: Request, call: Call, state: State) -> Reply:
    return call(request) if "authorization" in request.headers else Reply(500, b"")


# -- rejection ---------------------------------------------------------------------------------------------------


@fault("rejection", "coalesce")
def limit_above_the_maximum(request: Request, call: Call, state: State) -> Reply:
    limit = request.get("limit")
    return call(request.with_query(limit="1000") if limit and limit.isdigit() and int(limit) > 1000 else request)


@fault("rejection", "coalesce")
def unknown_status_is_ignored(request: Request, call: Call, state: State) -> Reply:
    known = ("canceled", "completed", "failed", "initializing", "rendering", "running", "waitingToRun")
    return call(request if request.get("runStatus") in known else request.without("runStatus"))


@fault("rejection", "coalesce")
def limit_in_words_is_ignored(request: Request, call: Call, state: State) -> Reply:
    limit = request.get("limit") or "1"
    return call(request if limit.lstrip("-").isdigit() else request.without("limit"))


@fault("rejection", "coalesce")
def server_error_for_a_bad_direction(request: Request, call: Call, state: State) -> Reply:
    if request.get("orderByDirection") not in (None, "asc", "desc"):
        return Reply(500, {"error": {"errorString": "internal error"}})
    return call(request)


@fault("rejection", "etlworks")
def bad_message_is_ignored(request: Request, call: Call, state: State) -> Reply:
    message = request.get("messageId") or ""
    return call(request if len(message) == 36 else request.without("messageId"))


# -- limit -------------------------------------------------------------------------------------------------------


@fault("limit", "coalesce")
def limit_is_ignored(request: Request, call: Call, state: State) -> Reply:
    reply = call(request.without("limit"))
    if reply.status == 200 and request.get("limit"):
        reply.body["limit"] = _number(request, "limit")
    return reply


@fault("limit", "coalesce")
def one_more_than_the_limit(request: Request, call: Call, state: State) -> Reply:
    limit = request.get("limit")
    if limit is None or not limit.isdigit() or not 1 <= int(limit) < 1000:
        return call(request)
    reply = call(request.with_query(limit=str(int(limit) + 1)))
    if reply.status == 200:
        reply.body["limit"] = int(limit)
    return reply


@fault("limit", "coalesce")
def default_limit_is_larger(request: Request, call: Call, state: State) -> Reply:
    if request.get("limit") is not None:
        return call(request)
    reply = call(request.with_query(limit="40"))
    if reply.status == 200:
        reply.body["limit"] = 25
    return reply


@fault("limit", "coalesce")
def limit_is_ignored_on_later_pages(request: Request, call: Call, state: State) -> Reply:
    limit = request.get("limit")
    if request.get("startingFrom") is None or limit is None:
        return call(request)
    reply = call(request.with_query(limit="25"))
    if reply.status == 200:
        reply.body["limit"] = int(limit)
    return reply


# -- order -------------------------------------------------------------------------------------------------------


@fault("order", "coalesce")
def direction_is_ignored(request: Request, call: Call, state: State) -> Reply:
    reply = call(request.without("orderByDirection"))
    if reply.status == 200 and request.get("orderByDirection") in ("asc", "desc"):
        reply.body["orderByDirection"] = request.get("orderByDirection")
    return reply


@fault("order", "coalesce")
def order_by_end_is_ignored(request: Request, call: Call, state: State) -> Reply:
    if request.get("orderBy") != "runEndTime":
        return call(request)
    reply = call(request.without("orderBy"))
    if reply.status == 200:
        reply.body["orderBy"] = "runEndTime"
    return reply


@fault("order", "coalesce")
def default_direction_is_ascending(request: Request, call: Call, state: State) -> Reply:
    if request.get("orderByDirection") is not None:
        return call(request)
    reply = call(request.with_query(orderByDirection="asc"))
    if reply.status == 200:
        reply.body["orderByDirection"] = "desc"
    return reply


@fault("order", "coalesce")
def two_runs_are_swapped(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and request.path == "/api/v1/runs" and len(reply.body["data"]) > 4:
        data = reply.body["data"]
        data[1], data[2] = data[2], data[1]
    return reply


# -- overlap, gap, stuck cursor ----------------------------------------------------------------------------------


@fault("overlap", "coalesce")
def cursor_is_inclusive(request: Request, call: Call, state: State) -> Reply:
    cursor = request.get("startingFrom")
    if cursor is None or not cursor.isdigit() or (request.get("orderBy") or "id") != "id":
        return call(request)
    step = 1 if (request.get("orderByDirection") or "desc") == "desc" else -1
    return call(request.with_query(startingFrom=str(int(cursor) + step)))


@fault("overlap", "coalesce")
def last_page_repeats_runs(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    cursor = request.get("startingFrom")
    if reply.status == 200 and cursor and 0 < len(reply.body["data"]) < (_number(request, "limit") or 25):
        again = call(request.without("startingFrom"))
        reply.body["data"] = [*again.body["data"][:1], *reply.body["data"]]
    return reply


@fault("gap", "coalesce")
def each_page_skips_a_run(request: Request, call: Call, state: State) -> Reply:
    cursor = request.get("startingFrom")
    if cursor is None or not cursor.isdigit() or (request.get("orderBy") or "id") != "id":
        return call(request)
    step = 1 if (request.get("orderByDirection") or "desc") == "desc" else -1
    return call(request.with_query(startingFrom=str(int(cursor) - step)))


@fault("gap", "coalesce")
def later_pages_lose_a_run(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and request.get("startingFrom") and len(reply.body["data"]) > 2:
        del reply.body["data"][1]
    return reply


@fault("gap", "coalesce")
def pages_end_early(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    cursor = request.get("startingFrom")
    if reply.status == 200 and cursor and cursor.isdigit() and int(cursor) <= 430 and "asc" not in str(request.query):
        reply.body["data"] = []
        reply.body.pop("next", None)
    return reply


@fault("stuck cursor", "coalesce")
def cursor_is_ignored(request: Request, call: Call, state: State) -> Reply:
    return call(request.without("startingFrom"))


@fault("stuck cursor", "coalesce", 2)
def next_cursor_does_not_change(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and reply.body.get("next") is not None and request.get("startingFrom") is not None:
        reply.body["next"] = _number(request, "startingFrom")
    return reply


@fault("stuck cursor", "coalesce")
def cursor_starts_again_after_the_end(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and request.get("startingFrom") and not reply.body["data"]:
        return call(request.without("startingFrom"))
    return reply


# -- filter ------------------------------------------------------------------------------------------------------


@fault("filter", "coalesce")
def status_filter_is_ignored(request: Request, call: Call, state: State) -> Reply:
    return call(request.without("runStatus"))


@fault("filter", "coalesce")
def type_filter_finds_nothing(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and request.get("runType") == "deploy":
        reply.body["data"] = []
        reply.body.pop("next", None)
    return reply


@fault("filter", "coalesce")
def environment_filter_is_ignored(request: Request, call: Call, state: State) -> Reply:
    return call(request.without("environmentID"))


@fault("filter", "coalesce")
def filter_loses_the_first_match(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and request.get("runType") and not request.get("startingFrom"):
        reply.body["data"] = reply.body["data"][1:]
    return reply


@fault("filter", "etlworks")
def audit_filter_is_ignored(request: Request, call: Call, state: State) -> Reply:
    return call(request.without("auditId"))


# -- echo --------------------------------------------------------------------------------------------------------


@body_fault("echo", "coalesce")
def limit_is_always_default(body: Any) -> None:
    if "limit" in body:
        body["limit"] = 25


@body_fault("echo", "coalesce")
def order_is_always_id(body: Any) -> None:
    if "orderBy" in body:
        body["orderBy"] = "id"


@body_fault("echo", "etlworks")
def another_flow(body: Any) -> None:
    body["flowId"] = body["flowId"] + 1


# -- lifecycle ---------------------------------------------------------------------------------------------------


@fault("lifecycle", "cortex", 3)
def done_then_in_progress(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and reply.body["status"] == "DONE":
        state["done"] = state.get("done", 0) + 1
        if state["done"] % 2 == 0:
            reply.body["status"] = "IN_PROGRESS"
            reply.body.pop("result", None)
    return reply


@fault("lifecycle", "cortex")
def done_without_results(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200:
        reply.body.pop("result", None)
    return reply


@fault("lifecycle", "cortex", 4)
def progress_goes_back(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and reply.body["status"] == "IN_PROGRESS":
        state["polls"] = state.get("polls", 0) + 1
        reply.body["progress"] = round(0.9 / state["polls"], 2)
    return reply


@fault("lifecycle", "mode")
def success_turns_into_failure(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and "state" in reply.body and reply.body["state"] in ("succeeded", "completed"):
        token = reply.body["token"]
        state[token] = state.get(token, 0) + 1
        if state[token] > 2:
            reply.body["state"] = "failed"
    return reply


@fault("lifecycle", "etlworks")
def running_then_queued(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and reply.body["status"] in ("queued", "running"):
        state["polls"] = state.get("polls", 0) + 1
        reply.body["status"] = "running" if state["polls"] % 2 else "queued"
    return reply


@fault("lifecycle", "coalesce")
def completed_runs_start_again(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and _runs(reply.body):
        state["reads"] = state.get("reads", 0) + 1
        for run in reply.body["data"]:
            if run["runStatus"] == "completed" and state["reads"] > 6 and state["reads"] % 2:
                run["runStatus"] = "running"
                run.pop("runEndTime", None)
    return reply


# -- identity ----------------------------------------------------------------------------------------------------


@fault("identity", "cortex")
def results_of_another_job(request: Request, call: Call, state: State) -> Reply:
    return call(replace(request, path="/api/v1/queries/other")) if "queries" in request.path else call(request)


@fault("identity", "mode")
def always_the_first_query_run(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and "token" in reply.body:
        listed = call(replace(request, path=request.path.rpartition("/")[0]))
        return replace(reply, body=listed.body["_embedded"]["query_runs"][0])
    return reply


@fault("identity", "mode")
def listed_query_differs(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and "token" in reply.body:
        reply.body["data_source_id"] = 43
    return reply


@fault("identity", "mode")
def listed_query_runs_are_unknown(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and "token" in reply.body and reply.body["state"] in ("failed", "cancelled"):
        return Reply(404, {"id": "not_found", "message": "The requested resource was not found."})
    return reply


@fault("identity", "etlworks")
def execution_of_another_audit_entry(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    if reply.status == 200 and request.get("auditId"):
        reply.body["auditId"] = _number(request, "auditId") - 1
    return reply


# -- pair interaction --------------------------------------------------------------------------------------------


@fault("pair interaction", "coalesce")
def detail_with_type_fails(request: Request, call: Call, state: State) -> Reply:
    if request.get("detail") == "true" and request.get("runType") == "deploy":
        return Reply(500, {"error": {"errorString": "internal error"}})
    return call(request)


@fault("pair interaction", "coalesce")
def detail_is_ignored_with_order_by_start(request: Request, call: Call, state: State) -> Reply:
    return call(request.without("detail") if request.get("orderBy") == "runStartTime" else request)


@fault("pair interaction", "coalesce")
def type_is_ignored_with_status(request: Request, call: Call, state: State) -> Reply:
    return call(request.without("runType") if request.get("runStatus") == "completed" else request)


@fault("pair interaction", "coalesce")
def order_is_ignored_with_environment(request: Request, call: Call, state: State) -> Reply:
    if request.get("environmentID") and request.get("orderByDirection") == "asc":
        reply = call(request.without("orderByDirection"))
        if reply.status == 200:
            reply.body["orderByDirection"] = "asc"
        return reply
    return call(request)


@fault("pair interaction", "coalesce")
def filter_is_lost_on_later_pages(request: Request, call: Call, state: State) -> Reply:
    return call(request.without("runType") if request.get("startingFrom") else request)


# -- slow, cut ---------------------------------------------------------------------------------------------------


@fault("slow", "cortex")
def six_seconds(request: Request, call: Call, state: State) -> Reply:
    return replace(call(request), delay=6.0)


@fault("slow", "coalesce")
def results_take_a_minute(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    return replace(reply, delay=60.0) if request.path.endswith("/results") and reply.status == 200 else reply


@fault("slow", "mode")
def each_fifth_response_takes_four_seconds(request: Request, call: Call, state: State) -> Reply:
    state["requests"] = state.get("requests", 0) + 1
    reply = call(request)
    return replace(reply, delay=4.0) if state["requests"] % 5 == 0 else reply


@fault("cut", "cortex")
def connection_breaks_within_results(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    return replace(reply, cut=True) if reply.status == 200 and "result" in reply.body else reply


@fault("cut", "coalesce")
def long_lists_are_truncated(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    content = reply.content
    return replace(reply, body=content[:4000]) if reply.status == 200 and len(content) > 4000 else reply


@fault("cut", "etlworks")
def empty_body(request: Request, call: Call, state: State) -> Reply:
    reply = call(request)
    return replace(reply, body=b"") if reply.status == 200 else reply
