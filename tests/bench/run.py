"""`make bench`: the generated client against what a good engineer writes by hand, in CPU time, as a table.

Both do the same work in one process, in turns, so that the machine's moods meet both. The first row runs the
hand-written client against itself: its distance from 1.00 is the noise of this machine. Nothing here passes or fails.

`SPECLIENT_PRISM`, the command of Prism, adds a row of the served mock. `SPECLIENT_CORPUS` adds
the rows of the largest document of the folder; `SPECLIENT_PEERS`, a folder with the commands
of other generators (by default that of this interpreter), adds theirs.
"""

from __future__ import annotations

import asyncio
import compileall
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx2

from bench import by_hand, of_mock, payloads
from bench.measure import Ratio, kept, ratio, starts

ROOT = Path(__file__).resolve().parent.parent.parent
FLOOR = "import httpx2, pydantic\nclass M(pydantic.BaseModel):\n    a: int\nhttpx2.Client()"


def row(name: str, found: Ratio | float, goal: str = "") -> None:
    """A line of the table."""
    median, *bounds = found if isinstance(found, tuple) else (found,)
    shown = f"{bounds[0]:.2f} to {bounds[1]:.2f}" if bounds else ""
    print(f"| {name} | {median:.2f} | {shown} | {goal} |", flush=True)


def list_runs(content: bytes, url: str | None = None, **arguments: Any) -> Callable[[], Any]:
    """The package's call; each asks for another size of the page."""
    from coalesce_client import Coalesce

    client = Coalesce("t", base_url=url) if url else Coalesce("t", transport=by_hand.Canned(content))
    sizes = cycle(range(1, 1000))

    def call() -> Any:
        return client.runs.list(limit=next(sizes), **arguments).first_page()

    return call


def list_results(content: bytes) -> Callable[[], Any]:
    """The package's call of the other operation."""
    from coalesce_client import Coalesce

    client = Coalesce("t", transport=by_hand.Canned(content))
    return lambda: client.runs.list_results("1")


class AsyncCanned(httpx2.AsyncBaseTransport):
    """Answers with the same bytes, in process."""

    def __init__(self, content: bytes) -> None:
        self._answer = by_hand.Canned(content)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        made: httpx2.Response = self._answer.handle_request(request)
        return made


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

    async def plain_calls() -> None:
        for size in range(10):
            response = await plain.get("/api/v1/runs", params={"limit": size, "runStatus": "failed"})
            response.raise_for_status()
            by_hand.Runs.model_validate_json(response.content)

    async def calls() -> None:
        for size in range(10):
            await client.runs.list(limit=size, run_status="failed").first_page()

    return lambda: loop.run_until_complete(plain_calls()), lambda: loop.run_until_complete(calls())


def calls() -> None:
    """The rows of calls and answers."""
    small, large = payloads.page(4), payloads.page(1000)
    few, many, two = payloads.results(1), payloads.results(1000), payloads.mixed(1000)
    path = "/api/v1/runs"
    plain, size = by_hand.list_runs, f"{len(small) / 1000:.1f} KB"
    row("noise: hand-written against itself, small answer", ratio(plain(small), plain(small), 60))
    row(f"small answer ({size}), in process", ratio(plain(small), list_runs(small, run_status="failed"), 60), "0.85")
    hand = by_hand.get(few, f"{path}/1/results", by_hand.Results)
    row(f"small answer ({len(few) / 1000:.1f} KB), no query parameters", ratio(hand, list_results(few), 60))
    url = by_hand.served(small)
    mine = list_runs(small, url, run_status="failed")
    row(f"small answer ({size}), loopback", ratio(plain(small, url), mine, 60), "0.95")
    row(f"small answer ({size}), asynchronous", ratio(*asynchronous(small), 6), "1.10")
    row(f"1,000 runs ({len(large) // 1000} KB)", ratio(plain(large), list_runs(large), 5), "1.05")
    row(f"the same, asynchronous ({len(large) // 1000} KB)", ratio(*asynchronous(large), 1), "1.10")

    def read_all(call: Callable[[], Any], *names: str) -> Callable[[], Any]:
        return lambda: [getattr(run, name) for run in call().data for name in names]

    ours = read_all(list_runs(large), "run_start_time", "run_end_time")
    row("1,000 runs, and all date-times are looked at", ratio(read_all(plain(large), "start", "end"), ours, 5))
    hand = by_hand.get(many, f"{path}/1/results", by_hand.Results)
    row(f"10,000 query results ({len(many) / 1e6:.1f} MB)", ratio(hand, list_results(many), 1), "1.05")
    union = by_hand.get(two, path, by_hand.Mixed)
    row("1,000 runs of two shapes, against a smart union", ratio(union, list_runs(two, detail=True), 3), "0.80")
    row("memory kept by 1,000 runs", kept(list_runs(large)) / kept(plain(large)), "1.10")
    row("memory kept by 10,000 query results", kept(list_results(many)) / kept(hand), "1.10")


def installed(project: Path, folder: Path) -> str:
    """A copy of a package as pip lays it down, with its byte code. Gives the folder to import from."""
    target = folder / project.name
    shutil.copytree(project, target, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(target, quiet=2)
    return str(target)


def imports(folder: Path) -> None:
    """The rows of fresh interpreters."""
    ready = "from coalesce_client import Coalesce\nCoalesce('t').runs.list"
    found = starts(
        {"floor": FLOOR, "bare": "import coalesce_client", "ready": ready},
        installed(ROOT / "generated" / "coalesce-client", folder),
    )
    row("bare import", found["bare"], "0.06")
    row("import, construct, first operation ready", found["ready"], "1.12")
    corpus = os.environ.get("SPECLIENT_CORPUS")
    if corpus is None:
        return
    from speclient.config import Settings
    from speclient.pipeline import generate

    largest = max(Path(corpus).glob("*.json"), key=lambda path: path.stat().st_size)
    outcome = generate(largest, Settings(output=str(folder / "large")))
    assert outcome.folder is not None
    package = next(path.parent for path in outcome.folder.glob("*/__init__.py"))
    import json

    table = json.loads((package / "_spec" / "operations.json").read_text(encoding="utf-8"))
    code = f"import {package.name}\nc = {package.name}.{table['client']}(base_url='https://a.example')"
    code += f"\nc.{table['operations'][0]['call']}"
    found = starts({"floor": FLOOR, "ready": code}, installed(outcome.folder, folder))
    row(f"the same, {largest.stem} ({len(table['operations'])} operations)", found["ready"], "1.25")


def main() -> None:
    """Print the tables."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.path.insert(0, str(ROOT / "generated" / "coalesce-client"))
    print("| figure | ratio | 95 % interval | to reach |\n|---|---:|---|---:|")
    calls()
    with tempfile.TemporaryDirectory() as name:
        imports(Path(name))
    of_mock.rows(row)
    peers = Path(os.environ.get("SPECLIENT_PEERS", Path(sys.executable).parent))
    python = peers / "python"
    if not python.exists():
        sys.exit(f"SPECLIENT_PEERS: there is no {python}")
    command = [str(python), "-m", "bench.peers", str(peers), str(ROOT / "specs" / "coalesce.yaml")]
    subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": str(ROOT / "tests")})


if __name__ == "__main__":
    main()
