"""mypy --strict and pyright (basedpyright) over the toolkit, the tests and each package; ty over what users write.

Each package is checked alone, as its users' checkers see it.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def _run(folder: Path, *command: str) -> tuple[str, int, str]:
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False)
    return f"{command[0]} {folder.relative_to(ROOT).as_posix()}", done.returncode, done.stdout + done.stderr


def main() -> int:
    """Give 0 when no checker has anything to say."""
    pyright = ("basedpyright", "--pythonpath", sys.executable, "--level", "error")
    projects = sorted(path.parent for path in (ROOT / "generated").glob("*/pyproject.toml"))
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(_run, ROOT, "mypy"), pool.submit(_run, ROOT, *pyright)]
        for project in projects:
            package = next(project.glob("*/__init__.py")).parent.name
            jobs.append(pool.submit(_run, project, "mypy", "--strict", package))
            jobs.append(pool.submit(_run, project, *pyright, package))
        packages = [argument for project in projects for argument in ("--extra-search-path", str(project))]
        ty = ("ty", "check", "--quiet", "--python", sys.prefix, *packages)
        jobs.append(pool.submit(_run, ROOT, *ty, "tests/typing/usage.py"))
        failed = 0
        for job in jobs:
            what, code, output = job.result()
            print(f"{what}: {'clean' if code == 0 else 'errors'}")
            if code != 0:
                failed = 1
                print(output)
    return failed


if __name__ == "__main__":
    sys.exit(main())
