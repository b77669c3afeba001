"""Names of environment variables, and which of them belong to other programs."""

from __future__ import annotations

import re
from collections.abc import Collection
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

from speclient.diagnostics import Location, Severity, Sink
from speclient.ir import Api
from speclient.naming.model import Names


def variable_of(prefix: str, argument: str, allowed: Collection[str] = ()) -> str | None:
    """The environment variable of a constructor argument; None for a variable of another program that is not allowed.

    A document chooses the prefix and the host that receives the value, for example `AWS` and `secret_access_key`.

    Args:
        prefix: the first word of all environment variables of the client.
        argument: the constructor argument.
        allowed: the environment variables of other programs that may be read.
    """
    name = f"{prefix}_{argument.upper().strip('_')}"
    return None if is_foreign(name) and name not in allowed else name


def is_foreign(variable: str) -> bool:
    """Whether other programs keep credentials or settings in an environment variable."""
    return any(fnmatchcase(variable, pattern) for pattern in _patterns())


@cache
def _patterns() -> tuple[str, ...]:
    text = (files("speclient.naming") / "foreign_variables.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def report_variables(api: Api, names: Names, allowed: Collection[str], place: Location, sink: Sink) -> None:
    """Report the environment variables of other programs that the package would read.

    Args:
        api: the API.
        names: the names of the package.
        allowed: the environment variables of other programs that may be read.
        place: the location of the document.
        sink: receives the diagnostics.
    """
    arguments = dict.fromkeys(name for parts in names.credentials.values() for name in parts.values())
    hosts = [re.sub(r"^[A-Za-z]+://(?:[^/@]*@)?|[/?#].*$", "", server.url) for server in api.servers]
    for argument in arguments:
        variable = variable_of(names.environment, argument, {*allowed, f"{names.environment}_{argument.upper()}"})
        if variable is None or not is_foreign(variable):
            continue
        if variable in allowed:
            host = ", ".join(hosts) or "the server that a caller specifies"
            sink.report("SC209", f"the client reads {variable} and sends it to {host}", place)
        else:
            hint = f"pass {argument}= to the client, or allow the variable: --allow-variable {variable}"
            sink.report(
                "SC209", f"{variable} belongs to other programs; the client does not read it", place,
                severity=Severity.NOTE, hint=hint,
            )  # fmt: skip
