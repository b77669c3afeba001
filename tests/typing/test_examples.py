"""The programs that README and reference show, as a strict type checker sees them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from programs import programs
from tests_support import GENERATED, PACKAGES


def test_the_programs_are_clean(tmp_path: Path) -> None:
    for name in PACKAGES:
        for page in ("README.md", "REFERENCE.md"):
            for number, (title, program) in enumerate(programs(GENERATED / f"{name}-client" / page)):
                file = tmp_path / f"{name}_{page.removesuffix('.md').lower()}_{number}.py"
                file.write_text(f"# {title}\n{program}", encoding="utf-8")
    assert len(list(tmp_path.glob("*.py"))) > 20
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "."], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "MYPYPATH": os.pathsep.join(str(GENERATED / f"{name}-client") for name in PACKAGES)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
