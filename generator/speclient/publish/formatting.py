"""One run of ruff for a whole package, in a temporary folder."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from speclient.diagnostics import CODES, Diagnostic, FatalError, Severity
from speclient.render import GeneratedFile

_CONFIG = ["--isolated", "--target-version", "py311"]
_FIX = ["check", *_CONFIG, "--line-length", "120", "--select", "I,UP037", "--fix-only",
        "--quiet", "--no-cache",
        "--config", "lint.isort.combine-as-imports=true"]  # fmt: skip
_FORMAT = ["format", *_CONFIG, "--line-length", "120", "--quiet", "--no-cache"]


def format_package(files: Sequence[GeneratedFile], package: str) -> tuple[GeneratedFile, ...]:
    """Return the files with Python code sorted, without unused imports, and formatted. `_core` is unchanged.

    Raises:
        FatalError: SC302, ruff cannot parse generated code; SC402, there is no temporary folder.
    """
    try:
        return _formatted(files, package)
    except OSError as problem:
        message = f"the temporary folder cannot be used: {problem.strerror or problem}"
        raise FatalError(Diagnostic("SC402", Severity.ERROR, message, None, CODES["SC402"].hint)) from None


def _formatted(files: Sequence[GeneratedFile], package: str) -> tuple[GeneratedFile, ...]:
    core = f"{package}/_core/"
    with tempfile.TemporaryDirectory(prefix="speclient-") as folder:
        root = Path(folder)
        chosen = [file for file in files if file.path.endswith(".py") and not file.path.startswith(core)]
        for file in chosen:
            target = root / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.content)
        for arguments in (_FIX, _FORMAT):
            done = subprocess.run(
                [sys.executable, "-m", "ruff", *arguments, "."], cwd=root, capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                raise FatalError(
                    Diagnostic(
                        "SC302", Severity.ERROR, f"generated code cannot be formatted: {done.stderr.strip()[:500]}",
                        None, CODES["SC302"].hint,
                    )
                )  # fmt: skip
        formatted = {file.path: (root / file.path).read_bytes() for file in chosen}
    return tuple(replace(file, content=formatted.get(file.path, file.content)) for file in files)
