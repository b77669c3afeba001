"""`make bench`: the generated client against what a good engineer writes by hand, in CPU time.

Both do the same work in one process, in turns, so that the machine's moods meet both; the ratio is the median over
the rounds, with a 95 % interval (bootstrap). The first row runs the hand-written client against itself: its distance
from 1.00 is the noise of this machine. Nothing here passes or fails.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

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


def main() -> None:
    """Print the table."""
    small, large = page(3), page(1000)
    print(f"{'figure':52} {'ratio':>6}   95 % interval")

    def row(name: str, found: tuple[float, float, float]) -> None:
        print(f"{name:52} {found[0]:6.2f}   {found[1]:.2f} to {found[2]:.2f}", flush=True)

    row("noise: hand-written against itself, small answer", compare(naive(small), naive(small), 60))
    row(f"small answer ({len(small) / 1000:.1f} KB), in process", compare(naive(small), generated(small), 60))
    row(f"1,000 runs ({len(large) // 1000} KB)", compare(naive(large), generated(large), 5))
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
    print(f"{'bare import, of httpx2 + pydantic + a model + Client':52} {(statistics.median(bare) - base) / cost:6.2f}")
    print(f"{'import, construct, first operation ready':52} {(statistics.median(ready) - base) / cost:6.2f}")


if __name__ == "__main__":
    main()
