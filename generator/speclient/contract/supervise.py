"""Runs `speclient contract service` in a process that can be stopped.

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


def supervised(arguments: Sequence[str], seconds: float) -> int:
    """Run the command line in a process of its own, and print its output when it has ended.

    On a terminal, the standard error of the process is shown as it comes: it has the progress. An interrupt (Ctrl-C)
    reaches the process too, which then reports what it has found so far.

    Args:
        arguments: those of the command line.
        seconds: the time limit of the run.

    Returns:
        The exit code.

    Raises:
        StoppedError: the process was stopped, crashed, or ran out of memory.
    """
    shows_progress = sys.stderr.isatty()
    process = subprocess.Popen(
        [sys.executable, "-m", "speclient", *arguments],
        env={**os.environ, CHILD: "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None if shows_progress else subprocess.PIPE,
        encoding="utf-8",
        errors="backslashreplace",
    )
    with process:
        try:
            output, errors = process.communicate(timeout=seconds + _GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise StoppedError(f"no report within {seconds:g} seconds") from None
        except KeyboardInterrupt:
            try:
                output, errors = process.communicate(timeout=_GRACE)
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                process.kill()
                raise KeyboardInterrupt from None
    errors = errors or ""
    if process.returncode not in (0, 1, 2, 130) or "Traceback (most recent call last)" in errors:
        lines = [line for line in errors.splitlines() if line and not line[0].isspace()]
        reason = lines[-1][:200] if lines and process.returncode > 0 else f"exit code {process.returncode}"
        raise StoppedError(f"the process ended without a report: {reason}")
    sys.stdout.write(output)
    sys.stderr.write(errors)
    return process.returncode
