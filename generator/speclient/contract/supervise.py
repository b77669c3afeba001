"""Runs `speclient contract` in a process that can be stopped.

Native code (validators, pattern engines) and the generators of schemathesis cannot be interrupted from Python. A
hostile document may keep them busy without end, exhaust the memory, or abort the process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

CHILD = "SPECLIENT_CONTRACT_CHILD"
_GRACE = 10.0
"""Seconds beyond the time of the run: to start, to read the document, and to report."""
_MEMORY = 4 * 1024**3


class StoppedError(Exception):
    """The process gave no report; the message says why."""


def is_child() -> bool:
    """Whether this process is the supervised one."""
    return CHILD in os.environ


def limit_memory() -> None:
    """Limit the address space of the supervised process, where the platform can."""
    try:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (ImportError, ValueError, OSError):
        return


def supervised(arguments: Sequence[str], seconds: float) -> tuple[int, str, str]:
    """Run the command line in a process of its own.

    Args:
        arguments: those of the command line.
        seconds: the time limit of the run.

    Returns:
        Exit code, standard output and standard error.

    Raises:
        StoppedError: the process was stopped, crashed, or ran out of memory.
    """
    command = [sys.executable, "-m", "speclient", *arguments]
    try:
        done = subprocess.run(
            command,
            env={**os.environ, CHILD: "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="backslashreplace",
            check=False,
            timeout=seconds + _GRACE,
        )
    except subprocess.TimeoutExpired:
        raise StoppedError(f"no report within {seconds:g} seconds") from None
    if done.returncode not in (0, 1, 2, 130) or "Traceback (most recent call last)" in done.stderr:
        lines = [line for line in done.stderr.splitlines() if line and not line[0].isspace()]
        reason = lines[-1][:200] if lines and done.returncode > 0 else f"exit code {done.returncode}"
        raise StoppedError(f"the process ended without a report: {reason}")
    return done.returncode, done.stdout, done.stderr
