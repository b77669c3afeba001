"""The programs that the pages of a package show, run against the mock of its document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from served import served

PROGRAMS = Path(__file__).resolve().parent / "programs.py"


def run_pages(spec: Path, *pages: Path) -> tuple[int, list[dict[str, Any]]]:
    """How many programs the pages have, and what became of those that fail: title, error, program."""
    project = pages[0].parent
    table = json.loads(next(project.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
    with served(spec) as url:
        environment = {**os.environ, f"{table['environment']}_BASE_URL": url, "PYTHONPATH": str(project)}
        done = subprocess.run(
            [sys.executable, str(PROGRAMS), *map(str, pages)],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    *failures, last = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return last["count"], failures
