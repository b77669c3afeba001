"""Clients that other generators make of the same document, against the same hand-written one; run by `run.py`.

Runs under the interpreter beside the generators' commands, which must have httpx2 and pydantic as well; what is not
installed is passed over.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

from bench import by_hand, payloads
from bench.measure import ratio, starts

Call = Callable[[], Any]
BASE = "https://app.coalescesoftware.io"
FLOOR = "import httpx2, pydantic\nclass M(pydantic.BaseModel):\n    a: int\nhttpx2.Client()"


def canned(content: bytes) -> Any:
    """A transport of httpx that answers with the same bytes."""
    httpx: Any = importlib.import_module("httpx")

    class Canned(httpx.BaseTransport):  # type: ignore[misc]
        def handle_request(self, request: Any) -> Any:
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
            return httpx.Response(200, headers=headers, stream=httpx.ByteStream(content))

    return Canned()


class OpenapiPythonClient:
    """openapi-python-client."""

    command = "openapi-python-client"
    arguments = ("generate", "--path", "{spec}", "--meta", "none", "--output-path", "{out}/opc_client")
    ready = (
        "from opc_client import AuthenticatedClient\nfrom opc_client.api.runs import list_runs\n"
        "AuthenticatedClient(base_url='https://a', token='t').get_httpx_client()"
    )

    def calls(self, content: bytes, url: str | None) -> tuple[Call, Call]:
        package = importlib.import_module("opc_client")
        runs = importlib.import_module("opc_client.api.runs.list_runs")
        results = importlib.import_module("opc_client.api.runs.list_run_results")
        failed = importlib.import_module("opc_client.models").RunStatus.FAILED
        given = {} if url else {"transport": canned(content)}
        client = package.AuthenticatedClient(base_url=url or BASE, token="t", httpx_args=given)
        sizes = cycle(range(1, 1000))
        return (
            lambda: runs.sync(client=client, limit=next(sizes), run_status=failed),
            lambda: results.sync("1", client=client),
        )


class Crozier:
    """crozier."""

    command = "crozier"
    arguments = (
        "generate", "python", "--spec", "{spec}", "--output", "{out}/crozier", "--package-name", "crozier_client",
        "--client-class-name", "Client", "--no-config",
    )  # fmt: skip
    ready = "from crozier_client import Client\nClient(token='t').runs.list_runs"

    def calls(self, content: bytes, url: str | None) -> tuple[Call, Call]:
        httpx: Any = importlib.import_module("httpx")
        package = importlib.import_module("crozier_client")
        inner = httpx.Client() if url else httpx.Client(transport=canned(content))
        client = package.Client(base_url=url or BASE, token="t", httpx_client=inner)
        sizes = cycle(range(1, 1000))
        return (
            lambda: client.runs.list_runs(limit=next(sizes), run_status="failed"),
            lambda: client.runs.list_run_results("1"),
        )


class OpenapiGenerator:
    """openapi-generator-cli, whose Python clients have a transport of their own: loopback only."""

    command = "openapi-generator-cli"
    arguments = ("generate", "-i", "{spec}", "-g", "python", "-o", "{out}", "--package-name", "ogc_client")
    ready = "import ogc_client\nogc_client.RunsApi(ogc_client.ApiClient()).list_runs"

    def calls(self, content: bytes, url: str | None) -> tuple[Call, Call]:
        package = importlib.import_module("ogc_client")
        host = package.Configuration(host=url or by_hand.served(content), access_token="t")
        api = package.RunsApi(package.ApiClient(host))
        sizes = cycle(range(1, 1000))
        return (
            lambda: api.list_runs(limit=next(sizes), run_status="failed"),
            lambda: api.list_run_results("1"),
        )


def measure(peer: Any, folder: Path) -> None:
    """The rows of one peer; one that can't do a thing says so."""
    small, large, many = payloads.page(4), payloads.page(1000), payloads.results(1000)
    url = by_hand.served(small)
    path = "/api/v1/runs/1/results"
    in_process = peer.command != "openapi-generator-cli"
    rows: list[tuple[str, Callable[[], tuple[float, float, float]]]] = [
        (
            "small answer, loopback",
            lambda: ratio(by_hand.list_runs(small, url), peer.calls(small, url)[0], 30),
        ),
        (
            "import, construct, first operation ready",
            lambda: starts({"floor": FLOOR, "x": peer.ready}, str(folder))["x"],
        ),
    ]
    if in_process:
        rows[:0] = [
            ("small answer, in process", lambda: ratio(by_hand.list_runs(small), peer.calls(small, None)[0], 30)),
            ("1,000 runs", lambda: ratio(by_hand.list_runs(large), peer.calls(large, None)[0], 1, 15)),
            (
                "10,000 query results",
                lambda: ratio(by_hand.get(many, path, by_hand.Results), peer.calls(many, None)[1], 1, 7),
            ),
        ]
    for name, run in rows:
        try:
            median, low, high = run()
            print(f"| {peer.command}: {name} | {median:.2f} | {low:.2f} to {high:.2f} | |", flush=True)
        except Exception as problem:
            print(f"| {peer.command}: {name} | failed: {type(problem).__name__} | | |", flush=True)


def main(commands: Path, spec: str) -> None:
    """All peers whose command is there."""
    for peer in (OpenapiPythonClient(), Crozier(), OpenapiGenerator()):
        command = commands / peer.command
        if not command.exists():
            continue
        with tempfile.TemporaryDirectory() as name:
            given = [argument.format(spec=spec, out=name) for argument in peer.arguments]
            # Some call a formatter that is installed beside them.
            path = os.pathsep.join([str(commands), os.environ.get("PATH", "")])
            done = subprocess.run(
                [str(command), *given], capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
            )
            if done.returncode != 0:
                print(f"| {peer.command}: it makes no client | exit code {done.returncode} | | |", flush=True)
                print(done.stderr.strip()[-1000:], file=sys.stderr)
                continue
            folders = [name, *(str(path) for path in Path(name).glob("*/src"))]
            sys.path[:0] = folders
            measure(peer, Path(folders[-1]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
