"""mypy --strict and pyright over one generated package, as its users run them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def errors(project: Path, package: str) -> tuple[list[int], list[str]]:
    """How many errors each has, and the first lines of them."""
    pyright = ("basedpyright", "--pythonpath", sys.executable, "--level", "error")
    counts: list[int] = []
    lines: list[str] = []
    for command in (("mypy", "--strict", "--cache-dir", str(project.parent / ".mypy_cache")), pyright):
        done = subprocess.run(
            [sys.executable, "-m", *command, package], cwd=project, capture_output=True, text=True, check=False
        )
        found = [
            re.sub(r"^\s*\S*?/(?=resources/|models/|_core/|\w+\.py)", "", line)
            for line in done.stdout.splitlines()
            if re.search(r":\d+(:\d+)?(: | - )error:", line)
        ]
        counts.append(len(found) or int(done.returncode != 0))
        lines += [f"{command[0]}: {line}" for line in found[:20]] or ([done.stderr[-300:]] if done.returncode else [])
    return counts, lines
