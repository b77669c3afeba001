"""Which error class stands for a status."""

from __future__ import annotations

import http.client

from .package import Package

# Python's own table has the phrases of RFC 7231 before 3.13.
_RENAMED = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
    # `NotImplementedError` is a builtin.
    501: "Not Implemented Status",
}
# Callers catch these by name; a package without a class for them is incomplete.
_INDISPENSABLE = frozenset({400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504})


def error_name(status: int) -> str | None:
    """The name of a status' class, after its IANA reason phrase; None for those that have no phrase."""
    phrase = _RENAMED.get(status) or http.client.responses.get(status)
    if status < 400 or status == 418 or phrase is None:
        return None
    words = "".join(char if char.isalnum() else " " for char in phrase).split()
    name = "".join(word[0].upper() + word[1:] for word in words)
    return name if name.endswith("Error") else f"{name}Error"


def status_error(package: Package, status: int, *, documented: bool) -> type[Exception]:
    """The class that a call must raise for a status: the one of its name, if the package has it.

    Else the general one, which tells whether the document names the status.
    """
    name = error_name(status)
    if name is not None and (status in _INDISPENSABLE or package.exports(name)):
        return package.error(name)
    if package.exports(own := f"Status{status}Error"):
        # Some operation documents a status without a well-known name.
        return package.error(own)
    return package.error("StatusError" if documented else "UnexpectedStatusError")
