"""What a good engineer writes by hand with httpx2 and pydantic, and the answers that all clients of a row read."""

from __future__ import annotations

import atexit
import os
import signal
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from typing import Any, Literal

import httpx2
from pydantic import BaseModel, Field


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
    reason: str | None = Field(None, alias="runFailureReason")


class Runs(BaseModel):
    limit: int
    order_by: str = Field(alias="orderBy")
    data: list[Run]


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


class Canned(httpx2.BaseTransport):
    """Answers with the same bytes, in process."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(self._content)).encode())]
        return httpx2.Response(200, headers=headers, stream=httpx2.ByteStream(self._content))


def served(content: bytes) -> str:
    """The address of a server on this machine that answers with the same bytes, over connections that stay open."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # Head and body in one piece, or the other side's delayed acknowledgement is what is measured.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # In a process of its own, so that its CPU time does not count.
    child = os.fork()
    if child == 0:
        server.serve_forever()
    server.server_close()
    atexit.register(os.kill, child, signal.SIGKILL)
    return f"http://127.0.0.1:{server.server_port}"


def list_runs(content: bytes, url: str | None = None) -> Callable[[], Any]:
    """Get, check the status, validate: in process, or over a socket. Each call asks for another size of the page."""
    client = httpx2.Client(
        transport=None if url else Canned(content),
        base_url=url or "https://app.coalescesoftware.io",
        headers={"Authorization": "Bearer t"},
    )
    sizes = cycle(range(1, 1000))

    def call() -> Any:
        response = client.get("/api/v1/runs", params={"limit": next(sizes), "runStatus": "failed"})
        response.raise_for_status()
        return Runs.model_validate_json(response.content)

    return call


def get(content: bytes, path: str, model: type[BaseModel]) -> Callable[[], Any]:
    """A call in process that reads this model."""
    client = httpx2.Client(
        transport=Canned(content), base_url="https://app.coalescesoftware.io", headers={"Authorization": "Bearer t"}
    )

    def call() -> Any:
        response = client.get(path)
        response.raise_for_status()
        return model.model_validate_json(response.content)

    return call
