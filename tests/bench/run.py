"""`make bench`: the generated client against what a good engineer writes by hand, in CPU time.

Both do the same work in one process, in turns, so that the machine's moods meet both; the ratio is the median over
the rounds, with a 95 % interval (bootstrap). The first row runs the hand-written client against itself: its distance
from 1.00 is the noise of this machine. Nothing here passes or fails.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import httpx2
from pydantic import BaseModel, Field

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "generated" / "coalesce-client"))
ROUNDS = 40


class Status(str, Enum):  # noqa: UP042 - what people write
    CANCELED = "canceled"
    COMPLETED = "completed"
    FAILED = "failed"
    INITIALIZING = "initializing"
    RENDERING = "rendering"
    RUNNING = "running"
    WAITING = "waitingToRun"


class Run(BaseModel):
    id: int
    re_run_id: str | None = Field(None, alias="reRunID")
    start: datetime | None = Field(None, alias="runStartTime")
    end: datetime | None = Field(None, alias="runEndTime")
    type: str = Field(alias="runType")
    status: Status = Field(alias="runStatus")
    environment: str | None = Field(None, alias="environmentID")


class Runs(BaseModel):
    limit: int
    order_by: str = Field(alias="orderBy")
    data: list[Run]


def page(count: int) -> bytes:
    """An answer of List Runs."""
    statuses = [status.value for status in Status]
    runs = [
        {
            "id": number, "reRunID": str(number - 1), "runStartTime": "2024-05-01T12:00:00Z",
            "runEndTime": "2024-05-01T12:03:07.250Z", "runType": "deploy",
            "runStatus": statuses[number % len(statuses)],
            "environmentID": "12",
        }
        for number in range(count)
    ]  # fmt: skip
    return json.dumps({"limit": count, "orderByDirection": "desc", "orderBy": "id", "data": runs}).encode()


class Canned(httpx2.BaseTransport):
    """Answers with the same bytes, in process."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(self._content)).encode())]
        return httpx2.Response(200, headers=headers, stream=httpx2.ByteStream(self._content))


def naive(content: bytes) -> Callable[[], Any]:
    """What is written by hand: get, check the status, validate."""
    client = httpx2.Client(
        transport=Canned(content), base_url="https://app.coalescesoftware.io", headers={"Authorization": "Bearer t"}
    )

    def call() -> Any:
        response = client.get("/api/v1/runs", params={"limit": 25, "runStatus": "failed"})
        response.raise_for_status()
        return Runs.model_validate_json(response.content)

    return call


def generated(content: bytes) -> Callable[[], Any]:
    """The package."""
    from coalesce_client import Coalesce

    client = Coalesce("t", transport=Canned(content))
    return lambda: client.runs.list(limit=25, run_status="failed").first_page()


def compare(first: Callable[[], Any], second: Callable[[], Any], repeat: int) -> tuple[float, float, float]:
    """Median of second / first, and the bounds of its 95 % interval."""
    ratios = []
    for number in range(ROUNDS):
        pair = [(first, 0), (second, 1)]
        random.shuffle(pair)
        spent = [0.0, 0.0]
        for function, place in pair:
            begin = time.process_time()
            for _ in range(repeat):
                function()
            spent[place] = time.process_time() - begin
        if number >= 3:  # The first rounds warm both up.
            ratios.append(spent[1] / spent[0])
    draws = sorted(statistics.median(random.choices(ratios, k=len(ratios))) for _ in range(2000))
    return statistics.median(ratios), draws[50], draws[-51]


def cpu_of(code: str, runs: int = 15) -> list[float]:
    """CPU seconds of a fresh interpreter that runs the code, less nothing."""
    spent = []
    for _ in range(runs):
        path = str(ROOT / "generated" / "coalesce-client")
        program = f"import sys, time\nsys.path.insert(0, {path!r})\n{code}\nprint(time.process_time())"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        spent.append(float(done.stdout))
    return spent


class QueryResult(BaseModel):
    end: datetime | None = Field(None, alias="endTime")
    running: bool | None = Field(None, alias="isRunning")
    name: str | None = None
    query: str | None = Field(None, alias="queryID")
    deleted: int | None = Field(None, alias="rowsDeleted")
    inserted: int | None = Field(None, alias="rowsInserted")
    updated: int | None = Field(None, alias="rowsUpdated")
    sql: str | None = None
    start: datetime | None = Field(None, alias="startTime")
    status: str | None = None
    success: bool | None = None
    warehouse: str | None = None


class Node(BaseModel):
    running: bool | None = Field(None, alias="isRunning")
    name: str | None = None
    node: str | None = Field(None, alias="nodeID")
    state: str | None = Field(None, alias="runState")
    results: list[QueryResult] = Field(alias="queryResults")


class Results(BaseModel):
    data: list[Node]


def results(nodes: int) -> bytes:
    """An answer of List Run Results, with ten query results a node."""
    query = {
        "endTime": "2024-05-01T12:00:09.120Z", "isRunning": False, "name": "Stage a table", "queryID": "01b2-77aa-0003",
        "rowsDeleted": 0, "rowsInserted": 123456, "rowsUpdated": 17, "sql": "INSERT INTO a SELECT * FROM b " * 10,
        "startTime": "2024-05-01T12:00:00Z", "status": "Success", "success": True, "warehouse": "LOAD_WH",
    }  # fmt: skip
    node = {
        "isRunning": False,
        "name": "STG_ORDERS",
        "nodeID": "6f0c",
        "runState": "complete",
        "queryResults": [query] * 10,
    }
    return json.dumps({"data": [node] * nodes}).encode()


class Credentials(BaseModel):
    account: str | None = Field(None, alias="snowflakeAccount")
    auth_type: str | None = Field(None, alias="snowflakeAuthType")
    username: str | None = Field(None, alias="snowflakeUsername")
    role: str | None = Field(None, alias="snowflakeRole")
    warehouse: str | None = Field(None, alias="snowflakeWarehouse")


class DeployDetails(BaseModel):
    canceled: bool | None = None
    commit: str | None = Field(None, alias="deployCommit")
    message: str | None = Field(None, alias="deployCommitMessage")
    environment: str | None = Field(None, alias="environmentID")
    parallelism: int | None = None
    nodes: int | None = Field(None, alias="nodesInRun")


class RefreshDetails(BaseModel):
    canceled: bool | None = None
    environment: str | None = Field(None, alias="environmentID")
    excluded: str | None = Field(None, alias="excludeNodesSelector")
    included: str | None = Field(None, alias="includeNodesSelector")
    job: str | None = Field(None, alias="jobID")
    parallelism: int | None = None
    job_name: str | None = Field(None, alias="jobName")
    nodes: int | None = Field(None, alias="nodesInRun")


class DetailedRun(BaseModel):
    id: int
    re_run_id: str | None = Field(None, alias="reRunID")
    end: datetime | None = Field(None, alias="runEndTime")
    history: list[int] | None = Field(None, alias="runHistory")
    start: datetime | None = Field(None, alias="runStartTime")
    status: Status = Field(alias="runStatus")
    parameters: dict[str, Any] = Field(alias="runTimeParameters")
    credentials: Credentials | None = Field(None, alias="userCredentials")
    user: str | None = Field(None, alias="userID")
    version: int | None = None


class Deploy(DetailedRun):
    details: DeployDetails = Field(alias="runDetails")
    type: Literal["deploy"] = Field(alias="runType")


class Refresh(DetailedRun):
    details: RefreshDetails = Field(alias="runDetails")
    type: Literal["refresh"] = Field(alias="runType")


class Mixed(BaseModel):
    data: list[Deploy | Refresh]


def mixed(count: int) -> bytes:
    """An answer of List Runs with `detail`: runs of two shapes, in turn."""
    deploy = {
        "canceled": False, "deployCommit": "5d1f6a0c4b1f", "deployCommitMessage": "Add the orders",
        "environmentID": "12", "parallelism": 16, "nodesInRun": 41,
    }  # fmt: skip
    refresh = {
        "canceled": False, "environmentID": "12", "includeNodesSelector": "{ ORDERS }", "excludeNodesSelector": "",
        "jobID": "7", "parallelism": 16, "nodesInRun": 41,
    }  # fmt: skip
    runs = [
        {
            "id": number, "reRunID": str(number - 1), "runDetails": (deploy, refresh)[number % 2],
            "runEndTime": "2024-05-01T12:03:07.250Z", "runHistory": [number - 1],
            "runStartTime": "2024-05-01T12:00:00Z", "runStatus": "completed", "runTimeParameters": {"a": "b"},
            "runType": ("deploy", "refresh")[number % 2],
            "userCredentials": {
                "snowflakeAccount": "acme", "snowflakeAuthType": "Basic", "snowflakeUsername": "LOADER",
                "snowflakeRole": "LOADER", "snowflakeWarehouse": "LOAD_WH",
            },
            "userID": "u1", "version": 2,
        }
        for number in range(count)
    ]  # fmt: skip
    return json.dumps({"data": runs}).encode()


def by_hand(content: bytes, path: str, model: type[BaseModel]) -> Callable[[], Any]:
    """A hand-written call that reads this model."""
    client = httpx2.Client(
        transport=Canned(content), base_url="https://app.coalescesoftware.io", headers={"Authorization": "Bearer t"}
    )

    def call() -> Any:
        response = client.get(path)
        response.raise_for_status()
        return model.model_validate_json(response.content)

    return call


def of_package(content: bytes, call: Callable[[Any], Any]) -> Callable[[], Any]:
    """A call of the package."""
    from coalesce_client import Coalesce

    client = Coalesce("t", transport=Canned(content))
    return lambda: call(client)


def loopback(content: bytes) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Both clients against a server on this machine, over connections that stay open."""
    from coalesce_client import Coalesce

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    # In a process of its own, so that its CPU time does not count.
    port_file = ROOT / ".pytest_cache" / "bench-port"
    port_file.parent.mkdir(exist_ok=True)
    port_file.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        server = Server(("127.0.0.1", 0), Handler)
        port_file.write_text(str(server.server_port))
        server.serve_forever()
    atexit.register(os.kill, child, signal.SIGKILL)
    while not port_file.exists() or not port_file.read_text():
        time.sleep(0.01)
    url = f"http://127.0.0.1:{port_file.read_text()}"
    plain = httpx2.Client(base_url=url, headers={"Authorization": "Bearer t"})

    def naive_call() -> Any:
        response = plain.get("/api/v1/runs", params={"limit": 25, "runStatus": "failed"})
        response.raise_for_status()
        return Runs.model_validate_json(response.content)

    client = Coalesce("t", base_url=url)
    return naive_call, lambda: client.runs.list(limit=25, run_status="failed").first_page()


class AsyncCanned(httpx2.AsyncBaseTransport):
    """Answers with the same bytes, in process."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(self._content)).encode())]
        return httpx2.Response(200, headers=headers, stream=httpx2.ByteStream(self._content))


def asynchronous(content: bytes) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Both clients, asynchronous; each call of the functions is ten calls within one run of the loop."""
    from coalesce_client import AsyncCoalesce

    loop = asyncio.new_event_loop()
    plain = httpx2.AsyncClient(
        transport=AsyncCanned(content),
        base_url="https://app.coalescesoftware.io",
        headers={"Authorization": "Bearer t"},
    )
    client = AsyncCoalesce("t", transport=AsyncCanned(content))

    async def naive_calls() -> None:
        for _ in range(10):
            response = await plain.get("/api/v1/runs", params={"limit": 25, "runStatus": "failed"})
            response.raise_for_status()
            Runs.model_validate_json(response.content)

    async def calls() -> None:
        for _ in range(10):
            await client.runs.list(limit=25, run_status="failed").first_page()

    return lambda: loop.run_until_complete(naive_calls()), lambda: loop.run_until_complete(calls())


def kept(function: Callable[[], Any]) -> int:
    """Bytes that a result keeps."""
    function()
    gc.collect()
    tracemalloc.start()
    result = function()
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return size


def main() -> None:
    """Print the table."""
    small, large, many, two = page(3), page(1000), results(1000), mixed(1000)
    print(f"{'figure':58} {'ratio':>6}   95 % interval")

    def row(name: str, found: tuple[float, float, float]) -> None:
        print(f"{name:58} {found[0]:6.2f}   {found[1]:.2f} to {found[2]:.2f}", flush=True)

    def first_runs(client: Any) -> Any:
        return client.runs.list().first_page()

    def detailed(client: Any) -> Any:
        return client.runs.list(detail=True).first_page()

    def of_run(client: Any) -> Any:
        return client.runs.list_results("1")

    path = "/api/v1/runs/1/results"
    row("noise: hand-written against itself, small answer", compare(naive(small), naive(small), 60))
    row(f"small answer ({len(small) / 1000:.1f} KB), in process", compare(naive(small), generated(small), 60))
    row(f"small answer ({len(small) / 1000:.1f} KB), loopback", compare(*loopback(small), 60))
    row("small answer, asynchronous", compare(*asynchronous(small), 6))
    row(f"1,000 runs ({len(large) // 1000} KB)", compare(naive(large), generated(large), 5))
    row(
        f"10,000 query results ({len(many) / 1e6:.1f} MB)",
        compare(by_hand(many, path, Results), of_package(many, of_run), 1),
    )
    row(
        "runs of two shapes, against a smart union",
        compare(by_hand(two, "/api/v1/runs", Mixed), of_package(two, detailed), 5),
    )
    ratio = kept(of_package(large, first_runs)) / kept(by_hand(large, "/api/v1/runs", Runs))
    print(f"{'memory kept by 1,000 runs, against plain models':58} {ratio:6.2f}")
    floor_code = "import httpx2, pydantic\nclass M(pydantic.BaseModel):\n    a: int\nhttpx2.Client()"
    floor, empty = [], []
    bare, ready = [], []
    for _ in range(15):
        empty += cpu_of("pass", 1)
        floor += cpu_of(floor_code, 1)
        bare += cpu_of("import coalesce_client", 1)
        ready += cpu_of("from coalesce_client import Coalesce\nCoalesce('t').runs.list", 1)
    base = statistics.median(empty)
    cost = statistics.median(floor) - base
    print(f"{'bare import, of httpx2 + pydantic + a model + Client':58} {(statistics.median(bare) - base) / cost:6.2f}")
    print(f"{'import, construct, first operation ready':58} {(statistics.median(ready) - base) / cost:6.2f}")


if __name__ == "__main__":
    main()
